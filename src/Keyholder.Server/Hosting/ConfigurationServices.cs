using Keyholder.Server.Configuration;

namespace Keyholder.Server.Hosting;

/// <summary>Lets a server follow its configuration file.</summary>
internal static class ConfigurationServices
{
    /// <summary>Registers the part. Needs the resources and the audit store.</summary>
    /// <param name="services">The services.</param>
    /// <param name="start">What the server was started with, without problems.</param>
    /// <param name="environment">The environment variables that go before the file.</param>
    public static void AddConfigurationReload(this IServiceCollection services, ConfigurationResult start, IReadOnlyDictionary<string, string> environment)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConfigurationReloader>(provider, start, environment));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ConfigurationWatcher>(provider, start.Definitions!.Server.ReloadInterval));
    }
}
