using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Keyholder.VirtualKeys;

/// <summary>The id under which one secret of a virtual key can be revoked alone: <c>vk:ID:GENERATION</c>.</summary>
public static class VirtualKeyTokenId
{
    /// <summary>What every such id begins with.</summary>
    public const string Prefix = "vk:";

    /// <summary>The id of a secret.</summary>
    public static string Of(string keyId, uint generation) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{keyId}:{generation}");

    /// <summary>Parses an id; false for anything <see cref="Of"/> does not write.</summary>
    public static bool TryParse(string tokenId, [NotNullWhen(true)] out string? keyId, out uint generation)
    {
        keyId = null;
        generation = 0;
        var colon = tokenId.LastIndexOf(':');
        if (!tokenId.StartsWith(Prefix, StringComparison.Ordinal)
            || colon <= Prefix.Length
            || !uint.TryParse(tokenId.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out generation))
        {
            return false;
        }

        keyId = tokenId[Prefix.Length..colon];
        return true;
    }
}
