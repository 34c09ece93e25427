namespace Keyholder.Users;

/// <summary>Hashes passwords slowly and with a salt. The server implements it with the framework's hasher.</summary>
public interface IPasswordHasher
{
    /// <summary>A fresh hash, parameters and salt included.</summary>
    string Hash(string password);

    /// <summary>Whether <paramref name="hash"/> was made from <paramref name="password"/>; costs the same for both answers.</summary>
    PasswordVerification Verify(string hash, string password);
}
