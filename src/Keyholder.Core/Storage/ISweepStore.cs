namespace Keyholder.Storage;

/// <summary>Deletes what can no longer matter. Safe beside everything else, itself included: whether a row goes is decided when it goes.</summary>
public interface ISweepStore
{
    /// <summary>
    /// Deletes rows of a kind, the oldest first, whose moment (see <see cref="SweepTarget"/>) is at or before <paramref name="before"/>, in one transaction. Credentials of sessions are
    /// handed over to be revoked at their providers (<see cref="IUpstreamRevocationStore"/>) in the same transaction.
    /// </summary>
    /// <param name="target">The kind.</param>
    /// <param name="before">The latest moment.</param>
    /// <param name="limit">How many at most, above 0.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up before the write, not after.</param>
    /// <returns>How many rows were found to go, at most <paramref name="limit"/> (fewer means that there are no more), and how many of them went.</returns>
    Task<(int Found, int Deleted)> DeleteAsync(SweepTarget target, DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken);
}
