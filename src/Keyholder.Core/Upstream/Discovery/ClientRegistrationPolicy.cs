using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Upstream.Discovery;

/// <summary>Pure rules of dynamic registration from the client's side (RFC 7591): what Keyholder asks for and what of the answer it takes.</summary>
internal static class ClientRegistrationPolicy
{
    private const int MaxLength = 2048;
    private const string Name = "Keyholder";

    // What Keyholder can do, best first.
    private static readonly string[] Methods = ["client_secret_basic", "client_secret_post", "none"];

    /// <summary>The first authentication method both sides know; null when there is none. A server that lists none means <c>client_secret_basic</c> (RFC 8414 section 2).</summary>
    public static string? MethodFor(IReadOnlyList<string>? supported) => supported is null ? Methods[0] : Methods.FirstOrDefault(supported.Contains);

    /// <summary>The registration request's body.</summary>
    public static string Request(OwnClient own, Provider provider, string method)
    {
        var body = Document(own, provider);
        body["token_endpoint_auth_method"] = method;
        if (provider.Scopes.Count > 0)
        {
            body["scope"] = Scopes.Format(provider.Scopes);
        }

        return body.ToJsonString();
    }

    /// <summary>Keyholder's client-id metadata document for one provider: a public client, because a document anybody can read holds no secret.</summary>
    public static string MetadataDocument(OwnClient own, Provider provider)
    {
        var document = Document(own, provider);
        document.Insert(0, "client_id", own.DocumentUriOf(provider));
        document["token_endpoint_auth_method"] = "none";
        return document.ToJsonString();
    }

    /// <summary>The document that all providers shared: good for refreshing what was issued to it, and for nothing new, because its redirect URI is no endpoint but the document itself.</summary>
    public static string FormerMetadataDocument(OwnClient own) => new JsonObject
    {
        ["client_id"] = own.FormerDocumentUri,
        ["client_name"] = Name,
        ["client_uri"] = own.Issuer.Value,
        ["redirect_uris"] = new JsonArray(own.FormerDocumentUri),
        ["grant_types"] = new JsonArray(GrantTypes.RefreshToken),
        ["response_types"] = new JsonArray(),
        ["application_type"] = own.ApplicationType,
        ["token_endpoint_auth_method"] = "none",
    }.ToJsonString();

    /// <summary>Reads the answer; null when it cannot be used.</summary>
    /// <param name="answer">The answer's object.</param>
    /// <param name="asked">The method that was asked for.</param>
    public static RegisteredUpstreamClient? Read(JsonElement answer, string asked)
    {
        var (id, secret) = (answer.Text("client_id"), answer.Text("client_secret"));
        var method = answer.Text("token_endpoint_auth_method") ?? (secret is null ? "none" : asked == "none" ? Methods[0] : asked);
        if (id is null || !IsPrintable(id) || (secret is not null && !IsPrintable(secret)) || !Methods.Contains(method) || (method != "none" && secret is null))
        {
            return null;
        }

        long? expiresAt = answer.TryGetProperty("client_secret_expires_at", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
            ? seconds
            : null;
        return new RegisteredUpstreamClient(
            id,
            method == "none" ? null : secret,
            method,
            method != "none" && expiresAt is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(expiresAt.Value) : null);
    }

    // The name people see says what for, so that nobody who is asked on behalf of one provider believes it is another.
    private static JsonObject Document(OwnClient own, Provider provider) => new()
    {
        ["client_name"] = $"{Name} ({provider.DisplayName})",
        ["client_uri"] = own.Issuer.Value,
        ["redirect_uris"] = new JsonArray(own.CallbackOf(provider)),
        ["grant_types"] = new JsonArray(GrantTypes.AuthorizationCode, GrantTypes.RefreshToken),
        ["response_types"] = new JsonArray("code"),
        ["application_type"] = own.ApplicationType,
    };

    private static bool IsPrintable(string text) => text.Length <= MaxLength && text.All(c => c is >= ' ' and <= '~');
}
