using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Users;

/// <summary>Adds local users and sets their passwords.</summary>
public sealed class LocalUserService(IUserStore users, IPasswordHasher hasher, TimeProvider time)
{
    /// <summary>Adds a user who signs in with <paramref name="name"/> and <paramref name="password"/>.</summary>
    /// <param name="name">Any spelling; stored normalised (<see cref="LocalUserName"/>).</param>
    /// <param name="password">The password. Secret.</param>
    /// <param name="displayName">For pages; null = the name.</param>
    /// <param name="actor">Who adds the user, for the audit trail.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public Task<LocalUserOutcome> AddAsync(string name, string password, string? displayName, string actor, CancellationToken cancellationToken) =>
        AddAsync(name, password, displayName, administrator: false, actor, cancellationToken);

    /// <inheritdoc cref="AddAsync(string, string, string?, string, CancellationToken)" path="/param" />
    /// <summary>Adds a user as <see cref="AddAsync(string, string, string?, string, CancellationToken)"/> does, who may administer Keyholder.</summary>
    public Task<LocalUserOutcome> AddAdministratorAsync(string name, string password, string? displayName, string actor, CancellationToken cancellationToken) =>
        AddAsync(name, password, displayName, administrator: true, actor, cancellationToken);

    /// <summary>Replaces the password of an existing local user.</summary>
    /// <param name="name">Any spelling of the name.</param>
    /// <param name="password">The new password. Secret.</param>
    /// <param name="actor">Who sets it, for the audit trail.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<LocalUserOutcome> SetPasswordAsync(string name, string password, string actor, CancellationToken cancellationToken)
    {
        if (LocalUserName.Normalize(name) is not { } normalized || await users.FindLocalAsync(normalized, cancellationToken) is not { } local)
            return LocalUserOutcome.NotFound;

        if (PasswordPolicy.Refuse(normalized, password) is { } refusal)
            return refusal;

        var audit = new AuditEvent { At = time.GetUtcNow(), Action = AuditActions.UserPasswordSet, Actor = actor, Target = "user:" + local.User.Id };
        return await users.SetPasswordAsync(normalized, hasher.Hash(password), audit, cancellationToken)
            ? LocalUserOutcome.Done
            : LocalUserOutcome.NotFound;
    }

    private async Task<LocalUserOutcome> AddAsync(string name, string password, string? displayName, bool administrator, string actor, CancellationToken cancellationToken)
    {
        if (LocalUserName.Normalize(name) is not { } normalized)
            return LocalUserOutcome.NameInvalid;

        if (PasswordPolicy.Refuse(normalized, password) is { } refusal)
            return refusal;

        var now = time.GetUtcNow();
        var user = new User(UserId.Create(), string.IsNullOrWhiteSpace(displayName) ? normalized : displayName.Trim(), now, Administrator: administrator);
        var outcome = await users.AddLocalAsync(
            new LocalUser(user, normalized, hasher.Hash(password)),
            new AuditEvent { At = now, Action = AuditActions.UserAdded, Actor = actor, Target = "user:" + user.Id, Reason = administrator ? "administrator" : null },
            cancellationToken);
        return outcome == UserAddOutcome.Added ? LocalUserOutcome.Done : LocalUserOutcome.NameTaken;
    }
}
