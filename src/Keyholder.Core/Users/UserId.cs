using System.Security.Cryptography;
using Keyholder.OAuth;

namespace Keyholder.Users;

/// <summary>Mints user ids: 16 random bytes in base64url, so that an id is never reused and says nothing.</summary>
public static class UserId
{
    /// <summary>A fresh id of 22 characters.</summary>
    public static string Create() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));
}
