using Keyholder.Users;
using Microsoft.AspNetCore.Identity;

namespace Keyholder.Server.Hosting;

/// <summary>The framework's hasher: PBKDF2 with HMAC-SHA512, a salt per password, its parameters in the hash.</summary>
internal sealed class FrameworkPasswordHasher : IPasswordHasher
{
    private static readonly object NoUser = new();
    private readonly PasswordHasher<object> _hasher = new();

    public string Hash(string password) => _hasher.HashPassword(NoUser, password);

    public PasswordVerification Verify(string hash, string password) => _hasher.VerifyHashedPassword(NoUser, hash, password) switch
    {
        PasswordVerificationResult.Success => PasswordVerification.Verified,
        PasswordVerificationResult.SuccessRehashNeeded => PasswordVerification.VerifiedOutdated,
        _ => PasswordVerification.Failed,
    };
}
