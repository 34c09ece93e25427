namespace Keyholder.Users;

/// <summary>What comparing a password with its hash found.</summary>
public enum PasswordVerification
{
    Failed,

    Verified,

    /// <summary>Right, but the hash was made with parameters that are outdated by now.</summary>
    VerifiedOutdated,
}
