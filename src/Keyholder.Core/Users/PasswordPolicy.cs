namespace Keyholder.Users;

/// <summary>Which passwords are accepted: long ones (NIST SP 800-63B section 5.1.1), not ones with a composition.</summary>
public static class PasswordPolicy
{
    /// <summary>The shortest accepted password, in characters.</summary>
    public const int MinLength = 12;

    /// <summary>The longest accepted password, in characters; longer ones are not worth hashing.</summary>
    public const int MaxLength = 256;

    /// <summary>Why <paramref name="password"/> is not acceptable for a new password of <paramref name="name"/>, or null.</summary>
    public static LocalUserOutcome? Refuse(string name, string password) => password.Length switch
    {
        < MinLength => LocalUserOutcome.PasswordTooShort,
        > MaxLength => LocalUserOutcome.PasswordTooLong,
        _ when password.Trim().Equals(name, StringComparison.OrdinalIgnoreCase) => LocalUserOutcome.PasswordIsName,
        _ when password.Distinct().Take(2).Count() == 1 => LocalUserOutcome.PasswordTooSimple,
        _ => null,
    };
}
