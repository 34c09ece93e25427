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
}
