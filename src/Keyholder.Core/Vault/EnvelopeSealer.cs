using System.Security.Cryptography;

namespace Keyholder.Vault;

/// <summary>
/// AES-256-GCM envelopes: format 1 byte ‖ key mark 8 ‖ nonce 12 ‖ tag 16 ‖ ciphertext. The additional data is
/// format ‖ key mark ‖ the caller's context. docs/adr/0004-envelope-format.md says why.
/// </summary>
public sealed class EnvelopeSealer(VaultKeySource keys) : ISecretSealer
{
    private const byte Format = 1;
    private const int HeaderSize = 1 + VaultKey.MarkSize;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Overhead = HeaderSize + NonceSize + TagSize;

    /// <summary>Seals with the newest key of a ring that never changes.</summary>
    public EnvelopeSealer(VaultKeyRing ring)
        : this(new VaultKeySource(ring, time: null))
    {
    }

    /// <summary>How an envelope that is no shorter than a header names its key.</summary>
    public static ReadOnlySpan<byte> MarkOf(ReadOnlySpan<byte> envelope) => envelope.Slice(1, VaultKey.MarkSize);

    /// <inheritdoc />
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> context)
    {
        var key = keys.Sealing;
        var envelope = new byte[Overhead + plaintext.Length];
        envelope[0] = Format;
        key.Mark.CopyTo(envelope, 1);
        var nonce = envelope.AsSpan(HeaderSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Secret, TagSize);
        aes.Encrypt(
            nonce,
            plaintext,
            envelope.AsSpan(Overhead),
            envelope.AsSpan(HeaderSize + NonceSize, TagSize),
            AdditionalData(envelope, context));
        return envelope;
    }

    /// <inheritdoc />
    public EnvelopeOutcome Open(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> context, out byte[] plaintext)
    {
        plaintext = [];
        if (envelope.Length < Overhead || envelope[0] != Format)
        {
            return EnvelopeOutcome.Malformed;
        }

        if (keys.Find(MarkOf(envelope)) is not { } key)
        {
            return EnvelopeOutcome.UnknownKey;
        }

        var opened = new byte[envelope.Length - Overhead];
        using var aes = new AesGcm(key.Secret, TagSize);
        try
        {
            aes.Decrypt(
                envelope.Slice(HeaderSize, NonceSize),
                envelope[Overhead..],
                envelope.Slice(HeaderSize + NonceSize, TagSize),
                opened,
                AdditionalData(envelope, context));
        }
        catch (AuthenticationTagMismatchException)
        {
            return EnvelopeOutcome.Tampered;
        }

        plaintext = opened;
        return EnvelopeOutcome.Opened;
    }

    private static byte[] AdditionalData(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> context) =>
        [.. envelope[..HeaderSize], .. context];
}
