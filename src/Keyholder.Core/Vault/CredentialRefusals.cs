using Keyholder.Audit;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Vault;

/// <summary>Which resources refuse which credentials: records it, lets one request try again when it is time, and ends it when that one got through.</summary>
/// <param name="store">Where refusals are.</param>
/// <param name="vault">Told of every change, so that nobody goes on serving from memory.</param>
/// <param name="interval">How long a refusal stands before it is tried again, and between tries.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is said.</param>
internal sealed class CredentialRefusals(ICredentialRefusalStore store, CredentialVault vault, TimeSpan interval, TimeProvider time, ILogger logger)
{
    /// <summary>Records that a resource refuses a credential, unless that is known or the credential was written since it was read.</summary>
    /// <param name="current">The row as it was read.</param>
    /// <param name="resource">The resource's name.</param>
    /// <param name="reason">A stable word of Keyholder's own, never the upstream's text.</param>
    public async Task<RefusalRecordOutcome> RecordAsync(StoredCredential current, string resource, string reason)
    {
        var now = time.GetUtcNow();
        if (current.RefusalBy(resource) is { } known && now < known.RetryAt)
        {
            return RefusalRecordOutcome.Standing;
        }

        var outcome = await AnnounceAsync(
            current.Key,
            () => store.RecordAsync(
                current, new(resource, reason, now, now + interval), Event(AuditActions.CredentialRefusedByResource, current.Key, $"{reason} resource:{resource}", now), CancellationToken.None));
        if (outcome == RefusalRecordOutcome.Recorded)
        {
            VaultLog.RefusedByResource(logger, current.Key, resource, reason);
        }

        return outcome;
    }

    /// <summary>The right to try once more at a resource that refuses a credential; null when it is not due, somebody else has it, or the refusal is gone.</summary>
    public async Task<RefusalRetry?> BeginRetryAsync(StoredCredential current, CredentialRefusal refusal)
    {
        var now = time.GetUtcNow();
        var retry = new RefusalRetry(current.Key, current.RowId, refusal.Resource, now + interval);
        return now >= refusal.RetryAt && await store.BeginRetryAsync(retry, now, CancellationToken.None) ? retry : null;
    }

    /// <summary>Ends a refusal whose retry got through. A storage failure is thrown; the refusal then stands until the next retry.</summary>
    public async Task LiftAsync(RefusalRetry retry)
    {
        var now = time.GetUtcNow();
        var lifted = await AnnounceAsync(
            retry.Key,
            () => store.LiftAsync(retry, Event(AuditActions.CredentialAcceptedByResource, retry.Key, $"resource:{retry.Resource}", now), now, CancellationToken.None));
        if (lifted)
        {
            VaultLog.AcceptedByResource(logger, retry.Key, retry.Resource);
        }
    }

    // Announced even when the store fails: it may have failed after the commit.
    private async Task<T> AnnounceAsync<T>(CredentialKey key, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        finally
        {
            vault.Forget(key);
        }
    }

    private static AuditEvent Event(string action, CredentialKey key, string reason, DateTimeOffset now) => new()
    {
        At = now,
        Action = action,
        Actor = "system",
        Target = $"credential:{key}",
        Reason = reason,
    };
}
