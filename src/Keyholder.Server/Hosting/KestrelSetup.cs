using System.Net;
using System.Net.Security;
using Keyholder.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Keyholder.Server.Hosting;

/// <summary>Addresses, certificate and limits of the HTTP server.</summary>
internal static class KestrelSetup
{
    /// <summary>Enough for every form and document; the resources set their own limit per request.</summary>
    private const long MaxRequestBodyBytes = 64 * 1024;

    public static void AddKestrel(this WebApplicationBuilder builder, KeyholderConfiguration configuration, TimeProvider time)
    {
        var certificate = configuration.Tls is { } tls ? new TlsCertificate(tls, time) : null;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            foreach (var address in configuration.Listen)
            {
                kestrel.Listen(address, listen =>
                {
                    if (address.Secure && certificate is not null)
                    {
                        listen.UseCertificate(certificate);
                    }
                });
            }
        });
    }

    private static void Listen(this KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        switch (address.Host)
        {
            case "localhost":
                kestrel.ListenLocalhost(address.Port, configure);
                break;
            case "*":
                kestrel.ListenAnyIP(address.Port, configure);
                break;
            default:
                kestrel.Listen(IPAddress.Parse(address.Host), address.Port, configure);
                break;
        }
    }

    private static void UseCertificate(this ListenOptions listen, TlsCertificate certificate)
    {
        var logger = listen.ApplicationServices.GetRequiredService<ILogger<TlsCertificate>>();
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => new(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current(logger) }),
        });
    }
}
