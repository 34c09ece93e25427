namespace Keyholder.Users;

/// <summary>What became of a change to a local user. Only <see cref="Done"/> changed anything.</summary>
public enum LocalUserOutcome
{
    Done,

    /// <summary>Not 1 to 64 ASCII letters, digits and <c>. _ @ + -</c>.</summary>
    NameInvalid,

    NameTaken,

    /// <summary>There is no local user of that name.</summary>
    NotFound,

    /// <summary>Shorter than <see cref="PasswordPolicy.MinLength"/>.</summary>
    PasswordTooShort,

    /// <summary>Longer than <see cref="PasswordPolicy.MaxLength"/>.</summary>
    PasswordTooLong,

    /// <summary>The password is the name.</summary>
    PasswordIsName,

    /// <summary>One character, again and again.</summary>
    PasswordTooSimple,
}
