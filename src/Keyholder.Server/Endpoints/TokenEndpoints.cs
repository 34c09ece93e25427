using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>Sessions and tokens: what they are made of, and the routes that give them out, end them and tell about them.</summary>
internal static class TokenEndpoints
{
    /// <summary>Registers the part. It needs the storage ports, the server secrets, the signing-key ring and the clients part.</summary>
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<OpaqueTokenFormats>();
        services.AddSingleton<AdminTokenValidator>();
        services.AddSingleton<AccessTokenIssuer>();
        services.AddSingleton<AccessTokenValidator>();
        services.AddSingleton<IAccessTokenValidator>(provider => provider.GetRequiredService<AccessTokenValidator>());
        services.AddSingleton<IAccessTokenInspector>(provider => provider.GetRequiredService<AccessTokenValidator>());
        services.AddHostedService<SigningKeyService>();

        services.AddSingleton<AuthorizationCodeIssuer>();
        services.AddSingleton<SessionRevoker>();
        services.AddSingleton<CodeRedeemer>();
        services.AddSingleton<IGrant, AuthorizationCodeGrant>();
        services.AddSingleton<IGrant, DeviceCodeGrant>();
        services.AddSingleton<IGrant, RefreshGrant>();
        services.AddSingleton<TokenGrants>();
        services.AddSingleton<TokenRevocation>();
        services.AddSingleton<TokenIntrospection>();
    }

    /// <summary>
    /// Maps the token, revocation and introspection endpoints. No page has business with introspection. What the busy ones need is looked up once: for
    /// each request it would cost a scope of services.
    /// </summary>
    public static void MapTokenEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var grants = services.GetRequiredService<TokenGrants>();
        var introspection = services.GetRequiredService<TokenIntrospection>();
        var issuer = services.GetRequiredService<Issuer>();
        endpoints.MapPost(EndpointPaths.Token, context => TokenEndpoint.HandleAsync(context, grants)).WithOrigins(OriginRule.Any);
        endpoints.MapPost(EndpointPaths.Revoke, RevocationEndpoint.HandleAsync).WithOrigins(OriginRule.Any);
        endpoints.MapPost(EndpointPaths.Introspect, context => IntrospectionEndpoint.HandleAsync(context, introspection, issuer));
    }
}
