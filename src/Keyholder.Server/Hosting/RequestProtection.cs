using Keyholder.Server.Configuration;

namespace Keyholder.Server.Hosting;

/// <summary>What the middleware needs: the server's own names, and the CORS answers of the <see cref="OriginRule"/>s.</summary>
internal static class RequestProtection
{
    private static readonly string[] ResourceResponseHeaders = ["WWW-Authenticate", "Mcp-Session-Id", "MCP-Protocol-Version", "Retry-After", RequestIdMiddleware.HeaderName];

    public static void AddRequestProtection(this IServiceCollection services, KeyholderConfiguration configuration)
    {
        var authority = new ServerAuthority(configuration.Issuer);
        services.AddSingleton(authority);

        // Routing would refuse a route with CORS answers where the middleware did not run, which is skipped where there is nobody to answer.
        services.Configure<RouteOptions>(routing => routing.SuppressCheckForUnhandledSecurityMetadata = true);
        services.AddCors(cors =>
        {
            cors.AddPolicy(nameof(OriginRule.Any), policy => policy
                .AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("WWW-Authenticate", "Retry-After", RequestIdMiddleware.HeaderName));
            cors.AddPolicy(nameof(OriginRule.Configured), policy => policy
                .WithOrigins([.. authority.Origins, .. configuration.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(ResourceResponseHeaders));
        });
    }
}
