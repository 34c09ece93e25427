using Keyholder.Tokens;

namespace Keyholder.Server.Hosting;

/// <summary>Takes over signing keys that other nodes or the command line added, and drops retired ones.</summary>
internal sealed partial class SigningKeyService(SigningKeyRing keys, TimeProvider time, ILogger<SigningKeyService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.RefreshAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The keys in force stay; the next attempt may succeed.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(1301, LogLevel.Error, "The signing keys cannot be refreshed")]
    private partial void LogFailed(Exception exception);
}
