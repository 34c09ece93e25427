using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>RFC 8414, OpenID Connect discovery, RFC 9728 and the JWK set.</summary>
internal sealed class MetadataEndpoints(PublicAddress address, DemoUpstreamOptions options, SwitchBoard switches, DemoCounters counters, IdTokenIssuer idTokens)
{
    public const string ResourceMetadataPath = "/.well-known/oauth-protected-resource/mcp";
    public const string ForeignIssuer = "https://another-provider.invalid";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/oauth-authorization-server", Provider);
        routes.MapGet("/.well-known/openid-configuration", Provider);
        routes.MapGet("/.well-known/oauth-protected-resource", () => Resource("/mcp"));
        routes.MapGet(ResourceMetadataPath, () => Resource("/mcp"));
        routes.MapGet("/.well-known/oauth-protected-resource/api", () => Resource("/api"));
        routes.MapGet("/jwks", () => Results.Json(new { keys = new[] { idTokens.PublicKey } }));
    }

    private IResult Provider()
    {
        counters.Add(DemoCounter.MetadataRequests);
        var now = switches.Current;
        var document = new Dictionary<string, object>
        {
            ["issuer"] = now.WrongMetadataIssuer ? ForeignIssuer : address.Value,
            ["authorization_endpoint"] = address.Of("/authorize"),
            ["token_endpoint"] = address.Of("/token"),
            ["jwks_uri"] = address.Of("/jwks"),
            ["userinfo_endpoint"] = address.Of("/userinfo"),
            ["revocation_endpoint"] = address.Of("/revoke"),
            ["response_types_supported"] = new[] { "code" },
            ["response_modes_supported"] = new[] { "query" },
            ["grant_types_supported"] = new[] { "authorization_code", "refresh_token" },
            ["token_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post", "none" },
            ["revocation_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post", "none" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { options.SigningAlgorithm },
            ["scopes_supported"] = new[] { "openid", "profile", "email", "offline_access", "mcp" },
            ["claims_supported"] = new[] { "sub", "preferred_username", "name", "email", "email_verified" },
            ["authorization_response_iss_parameter_supported"] = true,
        };
        if (!now.OmitPkceSupport) document["code_challenge_methods_supported"] = new[] { "S256" };
        if (options.DynamicRegistration) document["registration_endpoint"] = address.Of("/register");
        return Results.Json(document);
    }

    private IResult Resource(string path) => Results.Json(new
    {
        resource = address.Of(path),
        authorization_servers = new[] { address.Value },
        bearer_methods_supported = new[] { "header" },
        scopes_supported = new[] { "mcp" },
    });
}
