namespace Keyholder.Vault;

/// <summary>One line of a key ring, <c>id:key</c>.</summary>
internal static class VaultKeyLine
{
    private const int MaxIdLength = 64;
    private const int HexLength = VaultKey.Size * 2;

    /// <summary>Reads a trimmed line; null after adding a problem that never shows the key.</summary>
    public static VaultKey? Parse(string line, int number, ICollection<string> problems)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            problems.Add($"Vault key ring, line {number}: expected id:key, but there is no colon.");
            return null;
        }

        var id = line[..colon];
        if (!IsId(id))
        {
            problems.Add($"Vault key ring, line {number}: a key id is 1 to {MaxIdLength} of a-z, A-Z, 0-9, '.', '_' and '-'.");
            return null;
        }

        var secret = Decode(line[(colon + 1)..]);
        if (secret is null)
        {
            problems.Add($"Vault key ring, line {number}: the key '{id}' has to be exactly {VaultKey.Size} bytes in canonical base64 (44 characters) or in hex ({HexLength} characters).");
            return null;
        }

        return new VaultKey(id, secret);
    }

    /// <summary>The line that <see cref="Parse"/> reads back.</summary>
    public static string Format(string id, byte[] secret) => $"{id}:{Convert.ToBase64String(secret)}";

    private static bool IsId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static byte[]? Decode(string text)
    {
        var secret = new byte[VaultKey.Size];
        var decoded = text.Length == HexLength
            ? Convert.FromHexString(text, secret, out _, out var written) == System.Buffers.OperationStatus.Done
            : Convert.TryFromBase64String(text, secret, out written) && Convert.ToBase64String(secret) == text;
        return decoded && written == VaultKey.Size ? secret : null;
    }
}
