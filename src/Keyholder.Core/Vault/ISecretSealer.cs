namespace Keyholder.Vault;

/// <summary>Seals small secrets into envelopes (AES-256-GCM, docs/storage-schema.md) with the vault's key ring.</summary>
public interface ISecretSealer
{
    /// <summary>Seals with the newest key that seals already.</summary>
    /// <param name="plaintext">The secret.</param>
    /// <param name="context">Additional data: what the secret is and where it lies; <see cref="Open"/> refuses any other.</param>
    byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> context);

    /// <summary>Opens an envelope made by any key of the ring.</summary>
    EnvelopeOutcome Open(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> context, out byte[] plaintext);
}
