using System.Text.Json;
using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>
/// Reads a registration request (RFC 7591 section 2) strictly: one JSON object, no duplicate members, known members of the right type; unknown members are ignored.
/// What Keyholder does not support is dropped while something usable remains (section 3.2.1).
/// </summary>
internal static class ClientMetadataReader
{
    private const int MaxScopeLength = 2048;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>The metadata, or <see cref="OAuthErrors.InvalidClientMetadata"/> or <see cref="OAuthErrors.InvalidRedirectUri"/>.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="allowPrivateUseSchemes"><see cref="ClientRegistrationOptions.AllowPrivateUseSchemes"/>.</param>
    /// <param name="authMethods">The methods it may choose from.</param>
    /// <param name="check">What the request has to satisfy besides, looked at first.</param>
    public static OAuthResult<ClientMetadata> Read(ReadOnlyMemory<byte> body, bool allowPrivateUseSchemes, IReadOnlyList<string> authMethods, Action<MetadataFields>? check = null)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return OAuthErrors.InvalidClientMetadata.Describe("The body must be a JSON object.");
            }

            var fields = new MetadataFields(document.RootElement);
            check?.Invoke(fields);
            return Read(fields, allowPrivateUseSchemes, authMethods);
        }
        catch (JsonException)
        {
            return OAuthErrors.InvalidClientMetadata.Describe("The body is not valid JSON, or names a member twice.");
        }
        catch (InvalidOperationException)
        {
            // How System.Text.Json reports an escaped surrogate that has no partner.
            return OAuthErrors.InvalidClientMetadata.Describe("The body holds text that is not valid Unicode.");
        }
    }

    private static OAuthResult<ClientMetadata> Read(MetadataFields fields, bool allowPrivateUseSchemes, IReadOnlyList<string> authMethods)
    {
        var grantTypes = Supported(fields, "grant_types", [GrantTypes.AuthorizationCode], GrantTypes.Supported);
        var redirectUris = ReadRedirectUris(fields, allowPrivateUseSchemes, atLeast: grantTypes.Contains(GrantTypes.AuthorizationCode) ? 1 : 0);
        var metadata = new ClientMetadata
        {
            RedirectUris = redirectUris,
            TokenEndpointAuthMethod = ReadAuthMethod(fields, authMethods),
            GrantTypes = grantTypes,
            ResponseTypes = Supported(fields, "response_types", ["code"], ["code"]),
            ApplicationType = ReadApplicationType(fields, redirectUris),
            Name = fields.DisplayText("client_name"),
            Scope = ReadScope(fields),
            ClientUri = fields.WebUri("client_uri"),
            LogoUri = fields.WebUri("logo_uri"),
            PolicyUri = fields.WebUri("policy_uri"),
            TosUri = fields.WebUri("tos_uri"),
            SoftwareId = fields.DisplayText("software_id"),
            SoftwareVersion = fields.DisplayText("software_version"),
        };

        if (!metadata.GrantTypes.Any(grant => grant is GrantTypes.AuthorizationCode or GrantTypes.DeviceCode))
        {
            fields.Refuse("grant_types", "must have authorization_code or the device grant");
        }

        return fields.Error is { } error ? error : metadata;
    }

    private static IReadOnlyList<string> ReadRedirectUris(MetadataFields fields, bool allowPrivateUseSchemes, int atLeast)
    {
        var uris = fields.Texts("redirect_uris") ?? [];
        if (uris.Count < atLeast || uris.Count > RedirectUriPolicy.MaxCount)
        {
            fields.Refuse(OAuthErrors.InvalidRedirectUri.Describe("redirect_uris must have 1 to 10 entries."));
        }
        else if (uris.Select(uri => RedirectUriPolicy.Refusal(uri, allowPrivateUseSchemes)).FirstOrDefault(refusal => refusal is not null) is { } refusal)
        {
            fields.Refuse(OAuthErrors.InvalidRedirectUri.Describe(refusal));
        }

        return uris;
    }

    /// <summary>Not replaced when unsupported: a client that asked for a key must not become one that needs none without knowing.</summary>
    private static string ReadAuthMethod(MetadataFields fields, IReadOnlyList<string> authMethods)
    {
        var method = fields.Text("token_endpoint_auth_method") ?? ClientAuthMethods.None;
        if (!authMethods.Contains(method))
        {
            fields.Refuse("token_endpoint_auth_method", "is not supported");
        }

        return method;
    }

    private static string ReadApplicationType(MetadataFields fields, IReadOnlyList<string> redirectUris)
    {
        var type = fields.Text("application_type");
        return type is "native" or "web" ? type : redirectUris.Any(RedirectUriPolicy.IsNative) ? "native" : "web";
    }

    private static string[] Supported(MetadataFields fields, string field, string[] whenAbsent, IReadOnlyList<string> supported)
    {
        var values = fields.Texts(field);
        var usable = values is null or [] ? whenAbsent : [.. values.Where(supported.Contains)];
        if (usable is [])
        {
            fields.Refuse(field, "has no supported value");
        }

        return usable;
    }

    /// <summary>A string as RFC 7591 has it, or the array some clients send.</summary>
    private static string? ReadScope(MetadataFields fields)
    {
        var text = fields.IsArray("scope") ? string.Join(' ', fields.Texts("scope") ?? []) : fields.Text("scope");
        if (text is { Length: > MaxScopeLength } || Scopes.Parse(text) is not { } scopes)
        {
            fields.Refuse("scope", "must be scope tokens of together at most 2048 characters");
            return null;
        }

        return scopes is [] ? null : Scopes.Format(scopes);
    }
}
