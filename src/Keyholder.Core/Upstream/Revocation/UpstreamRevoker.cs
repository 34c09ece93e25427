using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream.Revocation;

/// <summary>
/// Revokes at their providers what left the vault, best effort: what fails for now is tried again, later each time, until it has been tried often enough. Any
/// number of nodes may do so at once, each row is one node's.
/// </summary>
public sealed partial class UpstreamRevoker(
    IUpstreamRevocationStore store,
    UpstreamClient client,
    IResourceSource resources,
    ISecretSealer sealer,
    UpstreamOptions options,
    TimeProvider time,
    ILogger<UpstreamRevoker> logger)
{
    private const int BatchSize = 32;
    private const int JitterSteps = 1 << 16;
    private readonly CredentialEnvelope _envelope = new(sealer);

    // Metadata and two tokens, each as long as a request may take, and some room: another node takes a row over only when this one is gone.
    private TimeSpan ClaimDuration => (options.Timeout * 8) + TimeSpan.FromMinutes(1);

    /// <summary>Works until cancelled. Nothing but the cancellation ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.RevocationInterval, time);
        try
        {
            do
            {
                await RunDueAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
    }

    /// <summary>Tries everything that is due, once.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ClaimedUpstreamRevocation> claimed;
        do
        {
            var now = time.GetUtcNow();
            claimed = await store.ClaimAsync(BatchSize, now + ClaimDuration, now, cancellationToken);
            await Task.WhenAll(claimed.Select(row => AttemptAsync(row, cancellationToken)));
        }
        while (claimed.Count == BatchSize);
    }

    private async Task RunDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunOnceAsync(cancellationToken);
        }
#pragma warning disable CA1031 // The outbox cannot be reached: it is tried again, and claims that were made run out.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnreachable(failure);
        }
    }

    private async Task AttemptAsync(ClaimedUpstreamRevocation claimed, CancellationToken cancellationToken)
    {
        var revocation = claimed.Revocation;
        var step = await RevokeAsync(claimed, cancellationToken);
        if (step.Status == UpstreamRevocationStatus.Pending && revocation.Attempts < options.RevocationAttempts)
        {
            await store.DeferAsync(revocation, step.Reason, time.GetUtcNow() + RevocationAnswerPolicy.Delay(revocation.Attempts, step.RetryAfter, Jitter()));
            return;
        }

        var status = step.Status == UpstreamRevocationStatus.Done ? UpstreamRevocationStatus.Done : UpstreamRevocationStatus.Failed;
        if (await store.FinishAsync(revocation, status, step.Reason, Audit(revocation, status, step.Reason), time.GetUtcNow()) && status == UpstreamRevocationStatus.Failed)
        {
            LogFailed(revocation.Key, step.Reason, revocation.Attempts);
        }
    }

    private async Task<RevocationStep> RevokeAsync(ClaimedUpstreamRevocation claimed, CancellationToken cancellationToken)
    {
        if (claimed.AccountInUse)
        {
            return RevocationStep.Done(UpstreamRevocationReasons.AccountInUse);
        }

        var opened = _envelope.Open(claimed.Credential, out var secret);
        if (secret is not TokenSet tokens)
        {
            return opened == EnvelopeOutcome.UnknownKey
                ? RevocationStep.Again(UpstreamRevocationReasons.UnknownKey)
                : RevocationStep.Failed(UpstreamRevocationReasons.Tampered);
        }

        return resources.Current.FindProvider(claimed.Revocation.Key.Provider) is { } provider
            ? await client.Revocations.RevokeAsync(provider, tokens, cancellationToken)
            : RevocationStep.Again(UpstreamRevocationReasons.ProviderUnknown);
    }

    private AuditEvent Audit(UpstreamRevocation revocation, UpstreamRevocationStatus status, string reason) => new()
    {
        At = time.GetUtcNow(),
        Action = status == UpstreamRevocationStatus.Done ? AuditActions.CredentialRevokedUpstream : AuditActions.CredentialNotRevokedUpstream,
        Actor = "system",
        Target = $"credential:{revocation.Key}",
        Reason = reason,
    };

    private static double Jitter() => RandomNumberGenerator.GetInt32(JitterSteps) / (double)JitterSteps;

    [LoggerMessage(1520, LogLevel.Error, "The outbox of upstream revocations cannot be reached")]
    private partial void LogUnreachable(Exception failure);

    [LoggerMessage(1521, LogLevel.Warning, "Credential {Credential} was not revoked at its provider: {Reason}, after {Attempts} attempts")]
    private partial void LogFailed(CredentialKey credential, string reason, int attempts);
}
