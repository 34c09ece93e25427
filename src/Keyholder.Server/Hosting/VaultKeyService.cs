using Keyholder.Server.Configuration;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Follows the vault's key file, so that a key added there opens here before anybody seals with it.</summary>
internal sealed partial class VaultKeyService(
    VaultKeySource keys, SealingAgreement agreement, KeyholderConfiguration configuration, TimeProvider time, ILogger<VaultKeyService> logger)
    : BackgroundService
{
    private string? _reported;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!keys.Follows)
        {
            return;
        }

        using var timer = new PeriodicTimer(configuration.Vault.ReloadInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Reload())
            {
                await ReportAsync(stoppingToken);
            }
        }
    }

    // At once: until it is known here and elsewhere, a new key only opens.
    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            await agreement.ReportAsync(stoppingToken);
        }
#pragma warning disable CA1031 // The next report says it.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnreported(failure);
        }
    }

    private bool Reload()
    {
        var problems = new List<string>();
        var changed = keys.Reload(problems);
        if (changed)
        {
            LogChanged(string.Join(", ", keys.Current.KeyIds), keys.Current.SealingIdAt(time.GetUtcNow()) ?? "none");
        }

        // Once, not every few seconds until somebody mends it.
        var report = problems.Count > 0 ? string.Join(' ', problems) : null;
        if (report is not null && report != _reported)
        {
            LogRefused(report);
        }

        _reported = report;
        return changed;
    }

    [LoggerMessage(1658, LogLevel.Warning, "The other servers cannot be told at once of the new key ring; it is tried again")]
    private partial void LogUnreported(Exception failure);

    [LoggerMessage(1650, LogLevel.Information, "The vault's key ring is now {Keys}; {Sealing} seals")]
    private partial void LogChanged(string keys, string sealing);

    [LoggerMessage(1651, LogLevel.Error, "The vault's key file has changed and cannot be used; the keys in force stay: {Problems}")]
    private partial void LogRefused(string problems);
}
