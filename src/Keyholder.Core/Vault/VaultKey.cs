using System.Security.Cryptography;
using System.Text;

namespace Keyholder.Vault;

/// <summary>One key of the ring: what the operator calls it, its mark in envelopes, its 32 bytes, and from when on it seals (null = ever since).</summary>
internal sealed class VaultKey(string id, byte[] secret, DateTimeOffset? sealsFrom = null)
{
    public const int Size = 32;
    public const int MarkSize = 8;

    public string Id { get; } = id;

    /// <summary>The first 8 bytes of SHA-256(id): how an envelope names its key.</summary>
    public byte[] Mark { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(id))[..MarkSize];

    public byte[] Secret { get; } = secret;

    public DateTimeOffset? SealsFrom { get; } = sealsFrom;

    public override string ToString() => $"vault key {Id}";
}
