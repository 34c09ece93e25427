using Keyholder.Audit;
using Keyholder.Maintenance;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>Adds keys to the ring and takes them out, one change at a time among all processes. The audit trail is written first: no key comes or goes without it.</summary>
/// <param name="keys">The ring.</param>
/// <param name="keyFile">The file it is in; null = it is in the configuration.</param>
/// <param name="reloadInterval">How often servers read the file.</param>
/// <param name="rows">Everything that is sealed.</param>
/// <param name="nodes">Who seals with what.</param>
/// <param name="audit">The audit trail.</param>
/// <param name="leases">What keeps two changes apart.</param>
/// <param name="time">The clock.</param>
public sealed class VaultKeyChanges(
    VaultKeySource keys, string? keyFile, TimeSpan reloadInterval, ISealedRowStore rows, IVaultKeyNodeStore nodes, IAuditStore audit, ILeaseStore leases, TimeProvider time)
{
    /// <summary>The name of the lease.</summary>
    public const string LeaseName = "vault_keys";

    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(1);

    /// <summary>How long a new key is only read with, unless somebody says otherwise.</summary>
    public static TimeSpan DefaultDelay { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest delay.</summary>
    public static TimeSpan LongestDelay { get; } = TimeSpan.FromDays(30);

    /// <summary>The shortest delay: every server has read the file by then.</summary>
    public TimeSpan ShortestDelay => reloadInterval * 2;

    /// <summary>Adds a fresh key that seals after a delay.</summary>
    /// <exception cref="IOException">The file cannot be read or written, and is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public Task<AddedVaultKey> AddAsync(TimeSpan delay, string actor, RequestOrigin origin, CancellationToken cancellationToken) =>
        delay < ShortestDelay || delay > LongestDelay
            ? Task.FromResult(new AddedVaultKey(AddKeyOutcome.DelayOutOfBounds))
            : AloneAsync(
                async () =>
                {
                    var now = time.GetUtcNow();
                    var ring = keys.Current;
                    if (ring.Keys[^1] is var newest && (newest.SealsFrom > now || newest.Id != ring.SealingIdAt(now)))
                    {
                        return new AddedVaultKey(AddKeyOutcome.Pending, newest);
                    }

                    if (SealingPolicy.FindNewer(await nodes.ListAsync(now, cancellationToken), ring.Prints) is { } newer)
                    {
                        return new AddedVaultKey(AddKeyOutcome.Pending, new VaultKeyInfo(VaultKeyRing.IdOf(newer), SealsFrom: null));
                    }

                    var key = new VaultKeyInfo(VaultKeyFile.NewId(), now + delay);
                    if (keyFile is null)
                    {
                        return new AddedVaultKey(AddKeyOutcome.InConfiguration, key);
                    }

                    await audit.AppendAsync(VaultKeyAudit.Added(key.Id, actor, origin, now), cancellationToken);
                    VaultKeyFile.Add(keyFile, key.Id, now + delay);
                    Reload();
                    return new AddedVaultKey(AddKeyOutcome.Added, key);
                },
                busy: new AddedVaultKey(AddKeyOutcome.Busy),
                cancellationToken);

    /// <summary>Takes a key out when nothing is sealed with it any more and nobody seals with it.</summary>
    /// <inheritdoc cref="AddAsync" path="/exception" />
    public Task<RetireOutcome> RetireAsync(string id, string actor, RequestOrigin origin, CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            var now = time.GetUtcNow();
            var ring = keys.Current;
            var outcome = RetirePolicy.Judge(ring, id, now);
            if (outcome != RetireOutcome.MayRetire)
            {
                return outcome;
            }

            if (!SealingPolicy.HasSettled(await nodes.ListAsync(now, cancellationToken), ring.RequireSealingAt(now).Print, ring.PrintOf(id), now))
            {
                return RetireOutcome.Settling;
            }

            if (await rows.AnyAsync(ring.FindMark(id)!, cancellationToken))
            {
                return RetireOutcome.InUse;
            }

            if (keyFile is null)
            {
                return RetireOutcome.InConfiguration;
            }

            await audit.AppendAsync(VaultKeyAudit.Retired(id, actor, origin, now), cancellationToken);
            VaultKeyFile.Remove(keyFile, id);
            Reload();
            return RetireOutcome.Retired;
        },
        busy: RetireOutcome.Busy,
        cancellationToken);

    /// <summary>Reads the ring again.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Reload()
    {
        var problems = new List<string>();
        keys.Reload(problems);
        if (problems.Count > 0)
        {
            throw new IOException(string.Join('\n', problems));
        }
    }

    private async Task<T> AloneAsync<T>(Func<Task<T>> changeAsync, T busy, CancellationToken cancellationToken)
    {
        var lease = new LeaseClaim(leases, LeaseName, LeaseDuration, time);
        if (!await lease.HoldAsync(cancellationToken))
        {
            return busy;
        }

        try
        {
            Reload();
            return await changeAsync();
        }
        finally
        {
            await lease.ReleaseAsync();
        }
    }
}
