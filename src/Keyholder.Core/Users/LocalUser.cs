namespace Keyholder.Users;

/// <summary>A user with a local password.</summary>
/// <param name="User">The user.</param>
/// <param name="Name">The sign-in name: unique, compared in its normalised (trimmed, lower-case invariant) form.</param>
/// <param name="PasswordHash">The framework hasher's output.</param>
public sealed record LocalUser(User User, string Name, string PasswordHash)
{
    /// <inheritdoc />
    public override string ToString() => $"local user {Name}";
}
