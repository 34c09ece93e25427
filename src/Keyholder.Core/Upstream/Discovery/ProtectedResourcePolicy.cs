using System.Text.Json;
using Keyholder.OAuth;

namespace Keyholder.Upstream.Discovery;

/// <summary>Pure rules of RFC 9728 from the client's side: where the document of an upstream lies and what of it may be believed.</summary>
internal static class ProtectedResourcePolicy
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";
    private const int MaxScopes = 100;

    /// <summary>Where to look when the upstream does not say: below the path of the upstream first, then at the root.</summary>
    public static IReadOnlyList<Uri> WellKnownUris(Uri upstream)
    {
        var origin = Origin(upstream);
        return [.. new[] { origin + WellKnown + upstream.AbsolutePath.TrimEnd('/'), origin + WellKnown }.Distinct(StringComparer.Ordinal).Select(u => new Uri(u))];
    }

    /// <summary>Reads a document. The resource it is about has to be the upstream, or contain it on the same origin: else the tokens would be for somebody else.</summary>
    /// <param name="document">The document.</param>
    /// <param name="upstream">The upstream it was asked for.</param>
    /// <param name="challenge">What the upstream itself asked for, which goes before the document.</param>
    /// <returns>The resource, or null with what is wrong.</returns>
    public static (ProtectedResource? Resource, string? Problem) Read(JsonElement document, Uri upstream, UpstreamChallenge? challenge)
    {
        if (document.Text("resource") is not { } resource || !Uri.TryCreate(resource, UriKind.Absolute, out var uri) || !Contains(uri, upstream))
        {
            return (null, "The resource metadata is about another resource.");
        }

        if (FirstIssuer(document) is not { } issuer)
        {
            return (null, "The resource metadata names no authorization server.");
        }

        return (new ProtectedResource { Issuer = issuer, Resource = resource, Scopes = ScopesOf(challenge) ?? Listed(document) }, null);
    }

    /// <summary>The scopes a challenge asks for; null when it asks for none that are scopes.</summary>
    public static IReadOnlyList<string>? ScopesOf(UpstreamChallenge? challenge) =>
        Scopes.Parse(challenge?.Scope) is { Count: > 0 and <= MaxScopes } scopes ? scopes : null;

    /// <summary>Scheme, host and port.</summary>
    public static string Origin(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private static bool Contains(Uri resource, Uri upstream)
    {
        if (Origin(resource) != Origin(upstream) || resource.Fragment.Length > 0 || resource.UserInfo.Length > 0 || (resource.Query.Length > 0 && resource.Query != upstream.Query))
        {
            return false;
        }

        var (outer, inner) = (resource.AbsolutePath.TrimEnd('/'), upstream.AbsolutePath.TrimEnd('/'));
        return inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] == '/');
    }

    private static string? FirstIssuer(JsonElement document) =>
        document.TryGetProperty("authorization_servers", out var servers) && servers.ValueKind == JsonValueKind.Array && servers.GetArrayLength() > 0
            ? servers[0].Text()
            : null;

    private static List<string> Listed(JsonElement document) =>
        document.TryGetProperty("scopes_supported", out var listed) && listed.ValueKind == JsonValueKind.Array
            ? [.. listed.EnumerateArray().Select(s => s.Text()).OfType<string>().Where(Scopes.IsScopeToken).Distinct(StringComparer.Ordinal).Take(MaxScopes)]
            : [];
}
