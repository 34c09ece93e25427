using System.Text.Json;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Pure rules of RFC 8414 and OpenID Connect Discovery: where the document lies and what of it may be used.</summary>
internal static class ProviderMetadataPolicy
{
    private const string OAuthSuffix = "/.well-known/oauth-authorization-server";
    private const string OidcSuffix = "/.well-known/openid-configuration";

    /// <summary>Whether the configuration alone says everything.</summary>
    public static bool IsConfigured(Provider provider) =>
        provider is { Kind: ProviderKind.OAuth2, AuthorizationEndpoint: not null, TokenEndpoint: not null };

    /// <summary>Where to look, in order: the form of the provider's own specification first, then the others that are in use (RFC 8414 section 5).</summary>
    public static IReadOnlyList<Uri> WellKnownUris(string issuer, ProviderKind kind)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return [];
        }

        var origin = uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        var path = uri.AbsolutePath.TrimEnd('/');
        string[] forms = kind == ProviderKind.Oidc
            ? [origin + path + OidcSuffix, origin + OidcSuffix + path, origin + OAuthSuffix + path]
            : [origin + OAuthSuffix + path, origin + OidcSuffix + path, origin + path + OidcSuffix];
        return [.. forms.Distinct(StringComparer.Ordinal).Select(form => new Uri(form))];
    }

    /// <summary>Completes a provider's configuration with its metadata document.</summary>
    public static ProviderMetadataResult Complete(Provider provider, JsonElement document, TrustedOrigins trusted)
    {
        if (document.Text("issuer") != provider.Issuer)
        {
            return ProviderMetadataResult.Rejected("The metadata names another issuer.");
        }

        var vouched = provider.AssumePkce || provider is { AuthorizationEndpoint: not null, TokenEndpoint: not null };
        if (!vouched && !document.Lists("code_challenge_methods_supported", "S256"))
        {
            return ProviderMetadataResult.Rejected("The metadata does not say that PKCE with S256 is supported.");
        }

        if (document.TryGetProperty("response_types_supported", out _) && !document.Lists("response_types_supported", "code"))
        {
            return ProviderMetadataResult.Rejected("The metadata does not support the response type code.");
        }

        var authorization = provider.AuthorizationEndpoint ?? Endpoint(document, "authorization_endpoint", trusted);
        var token = provider.TokenEndpoint ?? Endpoint(document, "token_endpoint", trusted);
        if (authorization is null || token is null)
        {
            return ProviderMetadataResult.Rejected("The metadata lacks an endpoint, or names one that is not https.");
        }

        var issuerInResponses = Says(document, "authorization_response_iss_parameter_supported");
        if (provider.Discovery is { Issuer: null } && !issuerInResponses && !IsSameOrigin(authorization, token))
        {
            // Codes of whoever runs the one would go to whoever runs the other, and nothing in the answer would tell (RFC 9700 section 4.4).
            return ProviderMetadataResult.Rejected("The endpoints found have different origins, and answers will not name their issuer; configure the issuer if that is right.");
        }

        var keys = provider.Kind == ProviderKind.Oidc ? Endpoint(document, "jwks_uri", trusted) : null;
        if (provider.Kind == ProviderKind.Oidc && keys is null)
        {
            return ProviderMetadataResult.Rejected("The metadata lacks jwks_uri, or names one that is not https.");
        }

        return ProviderMetadataResult.Of(new ProviderMetadata
        {
            Issuer = provider.Issuer,
            AuthorizationEndpoint = authorization,
            TokenEndpoint = token,
            JwksUri = keys,
            RevocationEndpoint = provider.RevocationEndpoint ?? Endpoint(document, "revocation_endpoint", trusted),
            RegistrationEndpoint = Endpoint(document, "registration_endpoint", trusted),
            ClientIdMetadataDocuments = Says(document, "client_id_metadata_document_supported"),
            AuthMethods = document.TryGetProperty("token_endpoint_auth_methods_supported", out var methods) && methods.ValueKind == JsonValueKind.Array
                ? [.. methods.EnumerateArray().Select(m => m.Text()).OfType<string>()]
                : null,
            OffersOfflineAccess = document.Lists("scopes_supported", OAuth.Scopes.OfflineAccess),
            IssuerInResponses = issuerInResponses,
        });
    }

    private static bool IsSameOrigin(Uri a, Uri b) =>
        Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static bool Says(JsonElement document, string name) => document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static Uri? Endpoint(JsonElement document, string name, TrustedOrigins trusted) =>
        Uri.TryCreate(document.Text(name), UriKind.Absolute, out var uri) && trusted.Allows(uri) ? uri : null;
}
