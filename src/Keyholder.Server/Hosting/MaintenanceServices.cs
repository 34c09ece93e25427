using Keyholder.Maintenance;

namespace Keyholder.Server.Hosting;

/// <summary>Registers the sweeps.</summary>
internal static class MaintenanceServices
{
    /// <summary>Registers the part. Needs the sweep and lease stores.</summary>
    public static void AddMaintenance(this IServiceCollection services, MaintenanceOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SweepMetrics>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton(new SweepSchedule(SweepPlan.Of(options)));
        services.AddSingleton<SweepLoop>();
        if (options.Enabled)
        {
            services.AddHostedService<SweepService>();
        }
    }
}
