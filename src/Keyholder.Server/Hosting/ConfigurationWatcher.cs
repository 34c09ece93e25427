using System.Runtime.InteropServices;

namespace Keyholder.Server.Hosting;

/// <summary>Reloads the configuration when its file has changed, and on SIGHUP: then also what the file refers to is read again.</summary>
internal sealed partial class ConfigurationWatcher(ConfigurationReloader reloader, TimeSpan interval, TimeProvider time, ILogger<ConfigurationWatcher> logger)
    : BackgroundService
{
    private string? _seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (reloader.File is not { } file)
        {
            return;
        }

        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = ReloadAsync(stoppingToken);
        });
        _seen = Read(file);
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Read(file) is var text && text != _seen && await ReloadAsync(stoppingToken))
            {
                _seen = text;
            }
        }
    }

    // Null: it cannot be read, which the reload will say.
    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await reloader.ReloadAsync(cancellationToken);
            return true;
        }
#pragma warning disable CA1031 // What is in force stays; the next look tries again.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(failure);
            return false;
        }
    }

    [LoggerMessage(1903, LogLevel.Error, "The configuration cannot be reloaded; it is tried again")]
    private partial void LogFailed(Exception failure);
}
