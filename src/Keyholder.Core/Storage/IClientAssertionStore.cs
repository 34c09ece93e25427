namespace Keyholder.Storage;

/// <summary>Client assertions that were presented, so that each counts once on whichever node.</summary>
public interface IClientAssertionStore
{
    /// <summary>Uses an assertion up: true for exactly one of all callers with the same client and hash. Forgets those that have expired at <paramref name="now"/>.</summary>
    /// <param name="clientId">Whose assertion.</param>
    /// <param name="jtiHash">SHA-256 of its <c>jti</c>.</param>
    /// <param name="expiresAt">From when on it is refused for its age.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<bool> TryUseAsync(string clientId, byte[] jtiHash, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken);
}
