using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Server.Hosting;

/// <summary>The kill switch and what keeps it in step with the log.</summary>
internal static class RevocationServices
{
    /// <summary>Registers the part. Needs the revocation store and signal, the resources and the options.</summary>
    public static void AddRevocation(this IServiceCollection services)
    {
        services.AddSingleton<RevocationMetrics>();
        services.AddSingleton<RevocationIndex>();
        services.AddSingleton<RevocationWatches>();
        services.AddSingleton<IRevocationWatcher>(provider => provider.GetRequiredService<RevocationWatches>());
        services.AddSingleton<RevocationFeed>();
        services.AddSingleton(provider => new KillSwitch(
            provider.GetRequiredService<IRevocationStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<RevocationFeed>()));
        services.AddHostedService<RevocationFeedService>();
    }
}
