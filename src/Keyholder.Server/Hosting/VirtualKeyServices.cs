using Keyholder.VirtualKeys;

namespace Keyholder.Server.Hosting;

/// <summary>Registers virtual keys.</summary>
internal static class VirtualKeyServices
{
    /// <summary>Registers the part. Needs the storage ports, the resources, the revocation feed and the opaque token formats.</summary>
    public static void AddVirtualKeys(this IServiceCollection services)
    {
        services.AddSingleton<VirtualKeyRegistry>();
        services.AddSingleton<GrantRegistry>();
        services.AddSingleton<VirtualKeyAccesses>();
        services.AddSingleton<VirtualKeyUses>();
        services.AddSingleton<VirtualKeyAuthenticator>();
        services.AddHostedService<VirtualKeyUseService>();
        services.AddSingleton<Declarations>();
        services.AddSingleton<ReconcileLoop>();
        services.AddHostedService<ReconcileService>();
    }
}
