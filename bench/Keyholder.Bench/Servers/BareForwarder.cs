using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Keyholder.Bench.Servers;

/// <summary>YARP's forwarder and nothing else: what a reverse proxy costs before any security.</summary>
internal static class BareForwarder
{
    public static async Task RunAsync(string url, string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        });
        app.MapGet("/ready", () => "ready");
        app.Map("/{**rest}", async context =>
        {
            await forwarder.SendAsync(context, upstream, invoker);
        });
        await app.RunAsync();
    }
}
