using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>Sessions, tokens and revocation: what they are made of, and the route that gives them out.</summary>
internal static class TokenEndpoints
{
    /// <summary>Registers the part. It needs the storage ports, the server secrets, the signing-key ring and the clients part.</summary>
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<RevocationOptions>();
        services.AddSingleton<RevocationIndex>();
        services.AddSingleton<RevocationWatches>();
        services.AddSingleton<IRevocationWatcher>(provider => provider.GetRequiredService<RevocationWatches>());
        services.AddSingleton<RevocationFeed>();
        services.AddHostedService<RevocationFeedService>();

        services.AddSingleton<OpaqueTokenFormats>();
        services.AddSingleton<AccessTokenIssuer>();
        services.AddSingleton<IAccessTokenValidator, AccessTokenValidator>();
        services.AddHostedService<SigningKeyService>();

        services.AddSingleton<AuthorizationCodeIssuer>();
        services.AddSingleton<SessionRevoker>();
        services.AddSingleton<IGrant, AuthorizationCodeGrant>();
        services.AddSingleton<IGrant, RefreshGrant>();
        services.AddSingleton<TokenGrants>();
    }

    /// <summary>Maps the token endpoint.</summary>
    public static void MapTokenEndpoints(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(EndpointPaths.Token, TokenEndpoint.HandleAsync).WithOrigins(OriginRule.Any);
}
