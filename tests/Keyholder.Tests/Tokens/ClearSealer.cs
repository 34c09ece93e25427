using Keyholder.Vault;

namespace Keyholder.Tests.Tokens;

/// <summary>Seals nothing: binds the context so that a secret opened in another place is still refused.</summary>
internal sealed class ClearSealer : ISecretSealer
{
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> context) => [(byte)context.Length, .. context, .. plaintext];

    public EnvelopeOutcome Open(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> context, out byte[] plaintext)
    {
        var bound = envelope[0] == context.Length && envelope[1..].StartsWith(context);
        plaintext = bound ? envelope[(1 + context.Length)..].ToArray() : [];
        return bound ? EnvelopeOutcome.Opened : EnvelopeOutcome.Tampered;
    }
}
