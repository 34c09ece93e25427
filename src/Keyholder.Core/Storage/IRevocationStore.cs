using Keyholder.Audit;
using Keyholder.Revocation;

namespace Keyholder.Storage;

/// <summary>
/// The revocation log, and the rows a revocation ends. The sessions an entry means are the live ones (neither revoked nor expired at its cut-off) of its
/// target: opened at or before the cut-off for a client, resource or provider, signed in at or before it for a subject, a virtual key and everything,
/// whenever for a session; a token has none, unless it is a secret of a virtual key: then a permanent entry ends what the key signed in up to the cut-off.
/// </summary>
public interface IRevocationStore
{
    /// <summary>
    /// Appends an entry and its audit event in one transaction. A permanent entry also revokes the sessions it means (reason
    /// <see cref="Sessions.RevocationReasons.Operator"/>) and deletes the browser sessions of its user, or all of them; one for an admin token, or for everything, revokes the
    /// admin tokens it means; sessions of a
    /// client, resource or provider that were used in the last moments get an entry of their own, because an access token may just be being signed for them. So do the sessions that end with
    /// a secret of a virtual key (reason <see cref="Sessions.RevocationReasons.VirtualKeySecretEnded"/>), and the key's pending authorization requests fail.
    /// </summary>
    /// <param name="revocation">The entry.</param>
    /// <param name="resources">The resource URIs a <see cref="RevocationTargetKind.Resource"/> or <see cref="RevocationTargetKind.Provider"/> target stands for; else empty.</param>
    /// <param name="audit">What is recorded.</param>
    /// <param name="cancellationToken">Gives up before the write begins.</param>
    /// <returns>What was appended in order, <paramref name="revocation"/> first, and how many sessions the entry means.</returns>
    Task<(IReadOnlyList<RevocationLogEntry> Appended, int Sessions)> AppendAsync(
        RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>How many sessions the entry would mean.</summary>
    Task<int> CountSessionsAsync(RevocationEntry revocation, IReadOnlyList<string> resources, CancellationToken cancellationToken);

    /// <summary>Lifts a quarantine and appends the line that tells the other nodes, with the audit event in one transaction. That line is returned when it was lifted.</summary>
    Task<(LiftOutcome Outcome, RevocationLogEntry? Lift)> LiftAsync(long id, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What stands at <paramref name="now"/>, newest first.</summary>
    /// <param name="before">Only entries with a smaller sequence number; null = from the newest on.</param>
    /// <param name="limit">How many at most, above 0.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<RevocationLogEntry>> ListAsync(long? before, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Lines after a sequence number in order; those expired at <paramref name="now"/> and lifted quarantines left out. Start with 0.</summary>
    Task<IReadOnlyList<RevocationLogEntry>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken);
}
