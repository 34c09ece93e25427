using Keyholder.Server.Configuration;

namespace Keyholder.Server.Hosting;

/// <summary>Console logging: Keyholder's lines at the configured level, the framework's from Warning up.</summary>
internal static class LoggingSetup
{
    public static void AddLogging(this WebApplicationBuilder builder, LoggingConfiguration logging)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Keyholder", logging.Level);

        // A client that hangs up is no warning, and what an upstream did wrong the gateway says itself, in one line.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Error);

        // It has nothing to say that is not said elsewhere, and makes a trace and a log scope for every request as long as somebody would hear it.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.MuteFailedStart();
        if (logging.Format == LogFormat.Json)
        {
            builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        }
        else
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            });
        }
    }

    /// <summary>What ends the start is thrown to the command that started it, which says so once; the host's own stack trace of it is left out.</summary>
    private static void MuteFailedStart(this WebApplicationBuilder builder)
    {
        var started = new StartedSignal();
        builder.Services.AddHostedService(_ => started);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started.IsSet && level >= LogLevel.Warning);
    }
}
