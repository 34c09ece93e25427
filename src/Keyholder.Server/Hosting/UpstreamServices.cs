using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Server.Hosting;

/// <summary>Registers Keyholder as an OAuth client of providers.</summary>
internal static class UpstreamServices
{
    /// <summary>Registers the guarded HTTP client, legs to providers and the swap of access tokens for upstream credentials. Needs the vault.</summary>
    public static void AddUpstream(this IServiceCollection services)
    {
        services.AddSingleton<IHostResolver, SystemHostResolver>();
        services.AddSingleton<GuardedHttp>();
        services.AddSingleton<OwnClient>();
        services.AddSingleton<UpstreamClientRegistrar>();
        services.AddSingleton<UpstreamClient>();
        services.AddSingleton<ScopeStepUp>();
        services.AddSingleton<TokenExchanger>();
        services.AddSingleton<IUpstreamLegs, UpstreamLegs>();
        services.AddSingleton<UpstreamRegistrations>();
        services.AddSingleton<UpstreamAuthorizer>();
        services.AddSingleton<IUpstreamAuthorizer>(provider => provider.GetRequiredService<UpstreamAuthorizer>());
        services.AddHostedService<UpstreamService>();
        services.AddSingleton<UpstreamRevoker>();
        services.AddHostedService<UpstreamRevocationService>();
        services.AddHostedService<CredentialNoticeService>();
    }
}
