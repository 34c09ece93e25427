using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Server.Hosting;

/// <summary>The user a fresh server starts with: an administrator.</summary>
internal static class FirstUser
{
    public const string Name = "admin";

    /// <summary>The admin token that is made with the user.</summary>
    public const string AdminTokenName = "bootstrap";

    private const int PasswordBytes = 15;

    /// <summary>Adds <see cref="Name"/> when there is no user at all. Returns its password, to be shown once; null when nothing was added.</summary>
    public static async Task<string?> EnsureAsync(IUserStore users, LocalUserService localUsers, CancellationToken cancellationToken)
    {
        if (await users.AnyAsync(cancellationToken))
        {
            return null;
        }

        var password = GeneratePassword();
        return await localUsers.AddAdministratorAsync(Name, password, displayName: null, "system", cancellationToken) == LocalUserOutcome.Done ? password : null;
    }

    /// <summary>A password nobody guesses: 120 random bits in 20 characters.</summary>
    public static string GeneratePassword() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(PasswordBytes));
}
