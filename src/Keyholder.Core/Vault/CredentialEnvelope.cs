using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Keyholder.Vault;

/// <summary>Token sets in and out of the envelope of their row. The envelope is bound to everything in the row that says whose it is.</summary>
internal sealed class CredentialEnvelope(ISecretSealer sealer)
{
    /// <summary>The row with a fresh envelope for its owner, provider, kind, account, row id and version.</summary>
    public StoredCredential Seal(StoredCredential row, TokenSet tokens)
    {
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(tokens, VaultJson.Default.TokenSet);
        try
        {
            return row with { Envelope = sealer.Seal(plaintext, ContextOf(row).Bytes), ExpiresAt = tokens.ExpiresAt };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>Opens a row's envelope; the token set is there exactly when the outcome is opened.</summary>
    public EnvelopeOutcome Open(StoredCredential row, out TokenSet? tokens)
    {
        var outcome = sealer.Open(row.Envelope, ContextOf(row).Bytes, out var plaintext);
        tokens = null;
        try
        {
            return outcome != EnvelopeOutcome.Opened || TryRead(plaintext, out tokens) ? outcome : EnvelopeOutcome.Malformed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static bool TryRead(byte[] plaintext, [NotNullWhen(true)] out TokenSet? tokens)
    {
        try
        {
            tokens = JsonSerializer.Deserialize(plaintext, VaultJson.Default.TokenSet);
        }
        catch (JsonException)
        {
            tokens = null;
        }

        return tokens is not null;
    }

    private static EnvelopeContext ContextOf(StoredCredential row) => new EnvelopeContext("credential")
        .Add(row.Key.Owner.KindName)
        .Add(row.Key.Owner.Id)
        .Add(row.Key.Provider)
        .Add(row.Kind == CredentialKind.OAuth ? "oauth" : "headers")
        .Add(row.ProviderSubject)
        .Add(row.RowId)
        .Add(row.Version);
}
