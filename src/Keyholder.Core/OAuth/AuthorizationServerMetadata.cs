using Keyholder.Clients;
using Keyholder.Resources;

namespace Keyholder.OAuth;

/// <summary>The authorization server metadata document (RFC 8414 section 2). The same bytes answer OpenID Connect discovery, where some hosts look for it.</summary>
public static class AuthorizationServerMetadata
{
    /// <summary>The document as UTF-8 JSON.</summary>
    /// <param name="issuer">The one issuer string; every endpoint is below it.</param>
    /// <param name="resources">Whose scopes are listed.</param>
    /// <param name="features">What is switched on.</param>
    public static byte[] Write(Issuer issuer, IReadOnlyList<Resource> resources, AuthorizationServerFeatures features) => JsonDocumentText.Write(json =>
    {
        json.WriteString("issuer", issuer.Value);
        json.WriteString("authorization_endpoint", issuer.At(EndpointPaths.Authorize));
        json.WriteString("token_endpoint", issuer.At(EndpointPaths.Token));
        json.WriteString("pushed_authorization_request_endpoint", issuer.At(EndpointPaths.PushedAuthorizationRequest));
        json.WriteString("device_authorization_endpoint", issuer.At(EndpointPaths.DeviceAuthorization));
        if (features.RequirePushedRequests)
        {
            json.WriteBoolean("require_pushed_authorization_requests", true);
        }

        if (features.Registration)
        {
            json.WriteString("registration_endpoint", issuer.At(EndpointPaths.Register));
        }

        json.WriteString("jwks_uri", issuer.At(EndpointPaths.JsonWebKeySet));
        json.WriteStrings("scopes_supported", resources.SelectMany(r => r.Scopes).Select(s => s.Name).Append(Scopes.OfflineAccess).Distinct(StringComparer.Ordinal));
        json.WriteStrings("response_types_supported", ["code"]);
        json.WriteStrings("response_modes_supported", ["query"]);
        json.WriteStrings("grant_types_supported", GrantTypes.Supported);
        json.WriteStrings("token_endpoint_auth_methods_supported", ClientAuthMethods.Supported);
        json.WriteStrings("token_endpoint_auth_signing_alg_values_supported", ClientAssertions.Algorithms);
        json.WriteString("revocation_endpoint", issuer.At(EndpointPaths.Revoke));
        json.WriteStrings("revocation_endpoint_auth_methods_supported", ClientAuthMethods.Supported);
        json.WriteStrings("revocation_endpoint_auth_signing_alg_values_supported", ClientAssertions.Algorithms);
        json.WriteString("introspection_endpoint", issuer.At(EndpointPaths.Introspect));
        json.WriteStrings("introspection_endpoint_auth_methods_supported", ClientAuthMethods.Supported.Where(method => method != ClientAuthMethods.None));
        json.WriteStrings("introspection_endpoint_auth_signing_alg_values_supported", ClientAssertions.Algorithms);
        json.WriteStrings("code_challenge_methods_supported", ["S256"]);
        json.WriteBoolean("authorization_response_iss_parameter_supported", true);
        if (features.MetadataDocuments)
        {
            json.WriteBoolean("client_id_metadata_document_supported", true);
        }
    });
}
