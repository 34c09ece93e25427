using System.Security.Cryptography;
using System.Text;

namespace Keyholder.Vault;

/// <summary>One key of the ring: what the operator calls it, its mark in envelopes, its 32 bytes, and from when on it seals (null = ever since).</summary>
internal sealed class VaultKey(string id, byte[] secret, DateTimeOffset? sealsFrom = null)
{
    public const int Size = 32;
    public const int MarkSize = 8;
    private const int PrintSize = 8;

    public string Id { get; } = id;

    /// <summary>The first 8 bytes of SHA-256(id): how an envelope names its key.</summary>
    public byte[] Mark { get; } = MarkOf(id);

    /// <summary>The id and a derivative of the secret: what nodes compare their rings by. Says nothing about the secret.</summary>
    public string Print { get; } = $"{id}:{Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, PrintSize, salt: null, info: "keyholder:vault-key-print"u8.ToArray()))}";

    public byte[] Secret { get; } = secret;

    public DateTimeOffset? SealsFrom { get; } = sealsFrom;

    public static byte[] MarkOf(string id) => SHA256.HashData(Encoding.UTF8.GetBytes(id))[..MarkSize];

    public override string ToString() => $"vault key {Id}";
}
