using System.Net;
using Keyholder.Server.Configuration;

namespace Keyholder.Server.Hosting;

/// <summary>Addresses and limits of the HTTP server.</summary>
internal static class KestrelSetup
{
    private const long MinimumBodyLimit = 64 * 1024;

    public static void AddKestrel(this WebApplicationBuilder builder, KeyholderConfiguration configuration)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
            kestrel.Limits.MaxRequestBodySize = configuration.Resources.Resources.Select(r => r.MaxRequestBodyBytes).Append(MinimumBodyLimit).Max();
            foreach (var address in configuration.Listen)
            {
                if (address.Host == "localhost")
                {
                    kestrel.ListenLocalhost(address.Port);
                }
                else if (address.Host == "*")
                {
                    kestrel.ListenAnyIP(address.Port);
                }
                else
                {
                    kestrel.Listen(IPAddress.Parse(address.Host), address.Port);
                }
            }
        });
    }
}
