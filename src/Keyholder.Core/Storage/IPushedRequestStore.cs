namespace Keyholder.Storage;

/// <summary>Authorization requests that were pushed (RFC 9126) and wait to be used.</summary>
public interface IPushedRequestStore
{
    /// <summary>Stores a request, and forgets those that have expired at <paramref name="now"/>.</summary>
    /// <param name="requestHash">SHA-256 of the secret part of its <c>request_uri</c>.</param>
    /// <param name="clientId">Who may use it.</param>
    /// <param name="parameters">Its parameters, form-encoded.</param>
    /// <param name="expiresAt">Until when.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task AddAsync(byte[] requestHash, string clientId, string parameters, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes the request out: its parameters for exactly one of all callers; null when there is none for that client, or it has expired.</summary>
    Task<string?> TakeAsync(byte[] requestHash, string clientId, DateTimeOffset now, CancellationToken cancellationToken);
}
