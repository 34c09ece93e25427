using Keyholder.Audit;
using Keyholder.Users;

namespace Keyholder.Storage;

/// <summary>Users, their local passwords, and the provider identities that name them.</summary>
public interface IUserStore
{
    /// <summary>Adds a local user with a normalised, unique name.</summary>
    Task<UserAddOutcome> AddLocalAsync(LocalUser user, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>The local user with that normalised name, or null.</summary>
    Task<LocalUser?> FindLocalAsync(string name, CancellationToken cancellationToken);

    /// <summary>Replaces a local user's password hash and ends the user's browser sessions, whoever knew the old one; false when there is no such name.</summary>
    Task<bool> SetPasswordAsync(string name, string passwordHash, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Replaces an outdated hash by a better one of the same password, unless the password was changed meanwhile: true only while the stored hash is <paramref name="outdatedHash"/>.</summary>
    Task<bool> RehashPasswordAsync(string name, string outdatedHash, string passwordHash, CancellationToken cancellationToken);

    /// <summary>The user, disabled or not, or null.</summary>
    Task<User?> FindAsync(string userId, CancellationToken cancellationToken);

    /// <summary>The user an identity names; <paramref name="candidate"/> is stored, with the audit event, when there is none yet. Two concurrent first sign-ins get the same user.</summary>
    Task<User> FindOrAddByIdentityAsync(ProviderIdentity identity, User candidate, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Changes whether the user may administer Keyholder, with the audit event; nothing is written unless that changes anything.</summary>
    Task<UserChangeOutcome> SetAdministratorAsync(string userId, bool administrator, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Whether any user exists.</summary>
    Task<bool> AnyAsync(CancellationToken cancellationToken);
}
