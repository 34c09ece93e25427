using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Sessions;

namespace Keyholder.Tokens;

/// <summary>
/// The text of one kind of opaque token: prefix + base64url(sid 16 ‖ generation 4, big-endian ‖ secret 32 ‖ MAC 16). The MAC is HMAC-SHA256 over prefix
/// and fields, cut to 16 bytes, under a key of the kind's own: whatever this server did not write is refused without a look-up, and a code is never taken
/// for a refresh token. A token has exactly one spelling.
/// </summary>
public sealed class OpaqueTokenFormat
{
    private const int GenerationAt = SessionId.Size;
    private const int SecretAt = GenerationAt + sizeof(uint);
    private const int MacAt = SecretAt + TokenSecret.Size;
    private const int MacSize = 16;
    private const int Size = MacAt + MacSize;
    private const int MaxPrefix = 16;

    private readonly string _prefix;
    private readonly byte[] _prefixBytes;
    private readonly byte[] _macKey;

    // Each is used by one thread at a time. Setting the key up anew for every MAC takes longer than the MAC.
    private readonly ConcurrentBag<IncrementalHash> _idle = [];

    /// <summary>A format.</summary>
    /// <param name="prefix">ASCII, at most 16 characters, for example <c>kh_rt_</c>.</param>
    /// <param name="macKey">32 bytes that no other format uses.</param>
    public OpaqueTokenFormat(string prefix, byte[] macKey)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.Length, MaxPrefix);
        _prefix = prefix;
        _prefixBytes = Encoding.ASCII.GetBytes(prefix);
        _macKey = macKey;
    }

    /// <summary>Writes the token.</summary>
    public string Format(in OpaqueToken token)
    {
        Span<byte> bytes = stackalloc byte[Size];
        token.SessionId.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[GenerationAt..], token.Generation);
        token.Secret.Write(bytes[SecretAt..]);
        ComputeMac(bytes[..MacAt], bytes[MacAt..]);
        return _prefix + Base64UrlText.Encode(bytes);
    }

    /// <summary>Reads a token; false for every text <see cref="Format"/> did not write. Allocates nothing.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out OpaqueToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!text.StartsWith(_prefix, StringComparison.Ordinal) || !Base64UrlText.TryDecode(text[_prefix.Length..], bytes))
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacSize];
        ComputeMac(bytes[..MacAt], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[MacAt..]))
        {
            return false;
        }

        token = new OpaqueToken(
            SessionId.Read(bytes),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[GenerationAt..]),
            TokenSecret.Read(bytes[SecretAt..]));
        return true;
    }

    private void ComputeMac(ReadOnlySpan<byte> fields, Span<byte> mac)
    {
        var hmac = _idle.TryTake(out var idle) ? idle : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _macKey);
        hmac.AppendData(_prefixBytes);
        hmac.AppendData(fields);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(full);
        _idle.Add(hmac);
        full[..MacSize].CopyTo(mac);
    }
}
