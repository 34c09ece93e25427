using Keyholder.Mcp;
using Keyholder.Server.Hosting;
using Keyholder.Vault;

namespace Keyholder.Server.Gateway;

/// <summary>Registers and maps the gateway.</summary>
internal static class GatewayServices
{
    /// <summary>Needs <see cref="Resources.IResourceSource"/>, <see cref="Tokens.IAccessTokenValidator"/>, <see cref="Upstream.IUpstreamAuthorizer"/>, <see cref="Revocation.IRevocationWatcher"/>, <see cref="ServerSecrets"/> and <see cref="TimeProvider"/>.</summary>
    public static void AddGateway(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton(provider => new McpSessionIds(provider.GetRequiredService<ServerSecrets>().Derive("mcp-session-mac")));
        services.AddSingleton<UpstreamConnections>();
        services.AddSingleton<UpstreamCredentials>();
        services.AddSingleton<UpstreamForwarder>();
        services.AddSingleton<GatewayRoutes>();
        services.AddSingleton<GatewayAdmission>();
        services.AddSingleton<RequestStates>();
        services.AddSingleton<ConnectAnswers>();
        services.AddSingleton<GatewayEndpoint>();
    }

    /// <summary>Maps everything below <c>/mcp</c>, so that what only looks like a resource is refused here too.</summary>
    public static void MapGateway(this IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/mcp/{**rest}", static context => context.RequestServices.GetRequiredService<GatewayEndpoint>().HandleAsync(context))
            .WithOrigins(OriginRule.Configured);
}
