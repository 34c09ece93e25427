using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.Revocation;

namespace Keyholder.Storage;

/// <summary>Dynamically registered clients.</summary>
public interface IClientStore
{
    /// <summary>
    /// Adds a client, atomically with the cap: expired clients go first; when <paramref name="capacity"/> clients remain, the oldest one that was
    /// registered at or before <paramref name="evictableBefore"/> and has no unrevoked session is evicted; else <see cref="ClientAddOutcome.Full"/>.
    /// </summary>
    Task<ClientAddOutcome> AddAsync(Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The client, expired or not, or null.</summary>
    Task<Client?> FindAsync(string clientId, CancellationToken cancellationToken);

    /// <summary>Moves the expiry of an existing client forward, never back. Nothing happens for an unknown one.</summary>
    Task RenewAsync(string clientId, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Replaces what a client registered, with its audit event, while it has the same <see cref="Client.RegistrationTokenHash"/>. Id, source, that hash and both times stay. False, with nothing written, when there is no such client.</summary>
    Task<bool> UpdateAsync(Client client, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a client, revokes every session it has (<paramref name="reason"/>), appends <paramref name="revocation"/> to the revocation log and writes the audit event, in one
    /// transaction. False, with nothing written, when there is no such client.
    /// </summary>
    Task<bool> DeleteAsync(string clientId, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);
}
