using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Reports to the other nodes which vault keys open here, and seals with what all of them open.</summary>
internal sealed partial class SealingAgreementService(SealingAgreement agreement, TimeProvider time, ILogger<SealingAgreementService> logger) : BackgroundService
{
    private string _said = "";
    private bool _fails;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SealingAgreement.ReportInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Tell(await agreement.ReportAsync(stoppingToken));
                _fails = false;
            }
#pragma warning disable CA1031 // What was agreed stands; the next report may succeed.
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Tell(failure);
            }
        }
    }

    // Once, not at every report until somebody mends it.
    private void Tell(Exception failure)
    {
        if (!_fails)
        {
            _fails = true;
            LogUnreported(failure);
        }
    }

    private void Tell(VaultKeyStanding standing)
    {
        var missing = VaultServices.Describe(standing.Missing);
        var heldBack = string.Join(", ", standing.HeldBack.Select(lack => $"{lack.KeyId} ({string.Join(", ", lack.Nodes)})"));
        if (_said == missing + heldBack)
        {
            return;
        }

        _said = missing + heldBack;
        if (missing.Length > 0)
        {
            LogMissing(missing);
        }
        else if (heldBack.Length > 0)
        {
            LogHeldBack(heldBack);
        }
    }

    [LoggerMessage(1655, LogLevel.Error, "Not ready: {Missing}")]
    private partial void LogMissing(string missing);

    [LoggerMessage(1656, LogLevel.Warning, "Vault keys do not seal yet, because not every server of the database opens them; copy the key file to those: {HeldBack}")]
    private partial void LogHeldBack(string heldBack);

    [LoggerMessage(1657, LogLevel.Warning, "The other servers cannot be told which vault keys open here; it is tried again")]
    private partial void LogUnreported(Exception failure);
}
