using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>
/// Virtual keys. Whatever changes what a key may do appends a notice for it to the revocation log in the same transaction, so that every node forgets what it
/// remembers of the key (<see cref="RevocationLogEntry.IsNotice"/>).
/// </summary>
public interface IVirtualKeyStore
{
    /// <summary>Adds a key: <see cref="VirtualKeyWriteOutcome.Done"/>, <see cref="VirtualKeyWriteOutcome.NameTaken"/> or <see cref="VirtualKeyWriteOutcome.OwnerInactive"/>.</summary>
    Task<VirtualKeyWriteOutcome> AddAsync(VirtualKey key, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>The key with that id, usable or not, or null.</summary>
    Task<VirtualKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The key of that name, usable or not, or null.</summary>
    Task<VirtualKey?> FindByNameAsync(string name, CancellationToken cancellationToken);

    /// <summary>A page of keys, usable or not, in name order.</summary>
    Task<IReadOnlyList<VirtualKey>> ListAsync(VirtualKeyQuery query, CancellationToken cancellationToken);

    /// <summary>Changes a key; a change that says nothing new writes nothing (<see cref="VirtualKeyWriteOutcome.Unchanged"/>). An owner the change assigns has to be active. Of a declared key only whether it is active can be changed (<see cref="VirtualKeyWriteOutcome.Declared"/>).</summary>
    Task<VirtualKeyWriteOutcome> UpdateAsync(string id, VirtualKeyChange change, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a key a new secret: <see cref="VirtualKeyWriteOutcome.Done"/>, <see cref="VirtualKeyWriteOutcome.NotFound"/> or <see cref="VirtualKeyWriteOutcome.Conflict"/>.
    /// Without overlap the sessions the key has signed in so far are revoked with the secret, and its pending authorization requests fail.
    /// </summary>
    Task<VirtualKeyWriteOutcome> RotateAsync(VirtualKeyRotation rotation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a key with its credentials, connection flows and consents, revokes its sessions (their rows stay, for reuse detection) and appends
    /// <paramref name="revocation"/>, all in one transaction: <see cref="VirtualKeyWriteOutcome.Done"/>, <see cref="VirtualKeyWriteOutcome.NotFound"/>, or
    /// <see cref="VirtualKeyWriteOutcome.Declared"/> for a key the configuration declares now, which would only make it again.
    /// </summary>
    Task<VirtualKeyWriteOutcome> DeleteAsync(string id, RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Writes down when keys were used: key id → moment. Never moves one back; keys that are gone are passed over.</summary>
    Task TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken);
}
