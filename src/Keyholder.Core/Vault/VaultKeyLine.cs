using System.Globalization;

namespace Keyholder.Vault;

/// <summary>One line of a key ring, <c>id:key</c> or <c>id:key MOMENT</c>, the moment (UTC, to the second) being the one from which on the key seals.</summary>
internal static class VaultKeyLine
{
    private const int MaxIdLength = 64;
    private const int HexLength = VaultKey.Size * 2;
    private const string MomentFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

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

        var (key, moment) = Split(line[(colon + 1)..]);
        var secret = Decode(key);
        if (secret is null)
        {
            problems.Add($"Vault key ring, line {number}: the key '{id}' has to be exactly {VaultKey.Size} bytes in canonical base64 (44 characters) or in hex ({HexLength} characters).");
            return null;
        }

        if (moment is null)
        {
            return new VaultKey(id, secret);
        }

        if (!DateTimeOffset.TryParseExact(moment, MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var sealsFrom))
        {
            problems.Add($"Vault key ring, line {number}: what follows the key '{id}' has to be the moment it seals from, as in 2030-12-31T23:59:59Z.");
            return null;
        }

        return new VaultKey(id, secret, sealsFrom);
    }

    /// <summary>The line that <see cref="Parse"/> reads back.</summary>
    public static string Format(VaultKey key) =>
        $"{key.Id}:{Convert.ToBase64String(key.Secret)}"
        + (key.SealsFrom is { } moment ? " " + moment.UtcDateTime.ToString(MomentFormat, CultureInfo.InvariantCulture) : "");

    /// <summary>Whether the line is one of the key with that id.</summary>
    public static bool IsOf(string line, string id) => line.TrimStart().StartsWith(id + ":", StringComparison.Ordinal);

    private static bool IsId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static (string Key, string? Moment) Split(string text) =>
        text.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? (text[..space], text[space..].TrimStart()) : (text, null);

    private static byte[]? Decode(string text)
    {
        var secret = new byte[VaultKey.Size];
        var decoded = text.Length == HexLength
            ? Convert.FromHexString(text, secret, out _, out var written) == System.Buffers.OperationStatus.Done
            : Convert.TryFromBase64String(text, secret, out written) && Convert.ToBase64String(secret) == text;
        return decoded && written == VaultKey.Size ? secret : null;
    }
}
