using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Revocation;

/// <summary>Revokes, quarantines and lifts. Every write has its audit event in the same transaction and cannot be cancelled once it has begun.</summary>
/// <param name="store">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="feed">Puts own writes in force on this node; null when no server runs in this process.</param>
public sealed class KillSwitch(IRevocationStore store, TimeProvider time, RevocationFeed? feed)
{
    /// <summary>Writes a planned entry. When this returns, it is durable and in force on this node.</summary>
    /// <param name="planned">From <see cref="RevocationPolicy"/>.</param>
    /// <param name="actor">Who does it, as <see cref="AuditEvent.Actor"/> wants it.</param>
    /// <param name="origin">Where the request came from.</param>
    public async Task<RevocationResult> RevokeAsync(PlannedRevocation planned, string actor, RequestOrigin origin)
    {
        var entry = planned.Entry;
        var reason = entry.IsQuarantine ? "quarantine: " + entry.Reason : entry.Reason;
        var audit = Audit(AuditActions.RevocationAdded, RevocationTargets.Describe(entry.Target), actor, origin) with { Reason = reason };
        var (appended, sessions) = await store.AppendAsync(entry, planned.Resources, audit, CancellationToken.None);
        foreach (var logged in appended)
        {
            feed?.Accept(logged);
        }

        return new RevocationResult(appended[0].Sequence, entry, sessions);
    }

    /// <summary>Says what <see cref="RevokeAsync"/> would do, and does nothing.</summary>
    public async Task<RevocationResult> TryAsync(PlannedRevocation planned, CancellationToken cancellationToken) =>
        new(null, planned.Entry, await store.CountSessionsAsync(planned.Entry, planned.Resources, cancellationToken));

    /// <summary>Lifts a quarantine: what it matched and is not dead for another reason works again, here at once.</summary>
    public async Task<LiftOutcome> LiftAsync(long id, string actor, RequestOrigin origin)
    {
        var audit = Audit(AuditActions.RevocationLifted, $"revocation:{id}", actor, origin);
        var (outcome, lift) = await store.LiftAsync(id, audit, audit.At, CancellationToken.None);
        if (lift is not null)
        {
            feed?.Accept(lift);
        }

        return outcome;
    }

    /// <summary>What stands now, newest first.</summary>
    /// <param name="before">Only entries with a smaller id; null = from the newest on.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<RevocationLogEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(before, limit, time.GetUtcNow(), cancellationToken);

    private AuditEvent Audit(string action, string target, string actor, RequestOrigin origin) => new()
    {
        At = time.GetUtcNow(),
        Action = action,
        Actor = actor,
        Target = target,
        RemoteAddress = origin.RemoteAddress,
        RequestId = origin.RequestId,
    };
}
