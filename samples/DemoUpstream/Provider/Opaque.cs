using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DemoUpstream.Provider;

/// <summary>Opaque values: 256 random bits behind a prefix that a search for leaks can find.</summary>
internal static class Opaque
{
    public const string AccessTokenPrefix = "demo_at_";
    public const string RefreshTokenPrefix = "demo_rt_";
    public const string CodePrefix = "demo_ac_";

    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Compares in a time that does not depend on where the values differ.</summary>
    public static bool AreEqual(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
