using Keyholder.Audit;

namespace Keyholder.Storage;

/// <summary>Which client Keyholder is at each configured provider, so that a change is noticed.</summary>
public interface IUpstreamRegistrationStore
{
    /// <summary>
    /// Records the client Keyholder is at a provider. When it was another before, the generation grows and the provider's active OAuth credentials need a new connection, with
    /// an audit event, in the same transaction; what was issued to the other client cannot be refreshed by this one. The same client again changes nothing.
    /// </summary>
    /// <param name="provider">The provider's logical name.</param>
    /// <param name="registration">SHA-256 over issuer and client id.</param>
    /// <param name="reason">The reason the credentials get.</param>
    /// <param name="audit">Recorded when credentials are marked or the client changed.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    /// <returns>The generation, 1 for the first client, and how many credentials were marked; null when the client did not change.</returns>
    Task<(long Generation, int? Marked)> RecordAsync(string provider, byte[] registration, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);
}
