using System.Collections.Frozen;

namespace Keyholder.Tokens;

/// <summary>The signing keys at one moment. Never changes; a rotation makes a new one.</summary>
public sealed class SigningKeySet
{
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly FrozenDictionary<string, SigningKey>.AlternateLookup<ReadOnlySpan<char>> _byHeader;

    /// <summary>A set of at least one key, in the order they sign.</summary>
    public SigningKeySet(IReadOnlyList<SigningKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfZero(keys.Count);
        _keys = keys;
        _byHeader = keys.ToFrozenDictionary(k => k.EncodedHeader, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        Document = JsonWebKeySetDocument.Write(keys);
    }

    /// <summary>The ids, in the order the keys sign.</summary>
    public IEnumerable<string> Ids => _keys.Select(k => k.Id);

    /// <summary>The JWKS document (RFC 7517 section 5), public parts only.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>The newest key that signs at <paramref name="now"/>.</summary>
    public SigningKey SignerAt(DateTimeOffset now)
    {
        for (var i = _keys.Count - 1; i > 0; i--)
        {
            if (_keys[i].SignsFrom <= now)
            {
                return _keys[i];
            }
        }

        return _keys[0];
    }

    /// <summary>The key whose tokens begin with that header segment, or null.</summary>
    public SigningKey? FindByHeader(ReadOnlySpan<char> encodedHeader) => _byHeader.TryGetValue(encodedHeader, out var key) ? key : null;
}
