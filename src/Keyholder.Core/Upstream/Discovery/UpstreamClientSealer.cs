using System.Security.Cryptography;
using System.Text;
using Keyholder.Vault;

namespace Keyholder.Upstream.Discovery;

/// <summary>Client secrets in and out of the envelope of their row, bound to the authorization server they are for.</summary>
internal sealed class UpstreamClientSealer(ISecretSealer sealer)
{
    /// <summary>The row with the sealed secret, if there is one.</summary>
    public StoredUpstreamClient Seal(StoredUpstreamClient row, string? secret) =>
        row with { Envelope = secret is null ? null : sealer.Seal(Encoding.UTF8.GetBytes(secret), ContextOf(row).Bytes) };

    /// <summary>The client of a row, which is opened when it has no secret at all; null with any outcome but opened.</summary>
    public (RegisteredUpstreamClient? Client, EnvelopeOutcome Outcome) Open(StoredUpstreamClient row)
    {
        if (row.Envelope is null)
        {
            return (new RegisteredUpstreamClient(row.ClientId, null, row.AuthMethod), EnvelopeOutcome.Opened);
        }

        var outcome = sealer.Open(row.Envelope, ContextOf(row).Bytes, out var plaintext);
        if (outcome != EnvelopeOutcome.Opened)
        {
            return (null, outcome);
        }

        var secret = Encoding.UTF8.GetString(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return (new RegisteredUpstreamClient(row.ClientId, secret, row.AuthMethod, row.SecretExpiresAt), outcome);
    }

    /// <summary>What an envelope is bound to, from the columns of its row.</summary>
    public static EnvelopeContext Context(string provider, string issuer, long generation, string clientId) =>
        new EnvelopeContext("upstream-client").Add(provider).Add(issuer).Add(generation).Add(clientId);

    private static EnvelopeContext ContextOf(StoredUpstreamClient row) => Context(row.Provider, row.Issuer, row.Generation, row.ClientId);
}
