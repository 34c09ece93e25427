using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.AspNetCore.HttpOverrides;

namespace Keyholder.Server.Hosting;

/// <summary>Builds the server from its configuration, ready to listen.</summary>
public static class KeyholderApp
{
    /// <summary>Opens storage, loads the keys and wires every part.</summary>
    /// <param name="configuration">Validated.</param>
    /// <param name="time">The clock of everything.</param>
    /// <param name="customize">What a test replaces, after everything is registered.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The application; disposing it closes the storage.</returns>
    public static async Task<WebApplication> BuildAsync(
        KeyholderConfiguration configuration,
        TimeProvider time,
        Action<WebApplicationBuilder>? customize = null,
        CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.AddKestrel(configuration, time);
        builder.AddLogging(configuration.Logging);
        builder.Services.AddKeyholder(configuration, time);
        builder.Services.AddRequestProtection(configuration);
        var storage = await StorageServices.OpenAsync(configuration.Storage, time, cancellationToken);
        try
        {
            await builder.Services.LoadKeyholderAsync(configuration, storage, time, cancellationToken);
            customize?.Invoke(builder);
            var app = builder.Build();
            UsePipeline(app, configuration);

            // Only what the container has handed out is closed with it, and last what was handed out first.
            app.Services.GetRequiredService<IKeyholderStorage>();
            app.Services.GetRequiredService<SealingAgreement>();
            app.MapKeyholder();
            return app;
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    private static void UsePipeline(WebApplication app, KeyholderConfiguration configuration)
    {
        if (configuration.TrustedProxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in configuration.TrustedProxies)
            {
                forwarded.KnownIPNetworks.Add(network);
            }

            app.UseForwardedHeaders(forwarded);
        }

        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<ExceptionMiddleware>();
        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.UseMiddleware<HostValidationMiddleware>();
        app.UseRouting();

        // CORS speaks to browsers only, which say where a page comes from. Asking it for every other request would cost each a scope of services.
        app.UseWhen(static context => context.Request.Headers.Origin.Count > 0, static browsers => browsers.UseCors());
        app.UseMiddleware<OriginValidationMiddleware>();
    }
}
