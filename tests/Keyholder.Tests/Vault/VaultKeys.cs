using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

/// <summary>Key rings for tests; key <c>n</c> is 32 times the byte n.</summary>
internal static class VaultKeys
{
    public static VaultKeyRing Ring(params int[] numbers)
    {
        var problems = new List<string>();
        var ring = VaultKeyRing.Parse(string.Join('\n', numbers.Select(Line)), problems);
        problems.ShouldBeEmpty();
        return ring.ShouldNotBeNull();
    }

    public static string Line(int number) => $"key-{number}:{Convert.ToBase64String(Secret(number))}";

    public static byte[] Secret(int number)
    {
        var secret = new byte[32];
        Array.Fill(secret, (byte)number);
        return secret;
    }
}
