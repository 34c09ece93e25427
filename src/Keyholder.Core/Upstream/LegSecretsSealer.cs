using System.Security.Cryptography;
using System.Text.Json;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Seals a leg's secrets bound to its state and provider.</summary>
internal sealed class LegSecretsSealer(ISecretSealer sealer)
{
    public byte[] Seal(LegSecrets secrets, byte[] stateHash, string provider)
    {
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(secrets, UpstreamJson.Default.LegSecrets);
        try
        {
            return sealer.Seal(plaintext, ContextOf(stateHash, provider).Bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>The secrets, or null when the envelope does not open for this state and provider.</summary>
    public LegSecrets? Open(byte[] envelope, byte[] stateHash, string provider)
    {
        if (sealer.Open(envelope, ContextOf(stateHash, provider).Bytes, out var plaintext) != EnvelopeOutcome.Opened)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(plaintext, UpstreamJson.Default.LegSecrets);
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>What an envelope is bound to.</summary>
    public static EnvelopeContext ContextOf(byte[] stateHash, string provider) =>
        new EnvelopeContext("upstream-leg").Add(stateHash).Add(provider);
}
