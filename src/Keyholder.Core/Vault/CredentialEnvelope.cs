using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Keyholder.Vault;

/// <summary>Secrets in and out of the envelope of their row. The envelope is bound to everything in the row that says whose it is.</summary>
internal sealed class CredentialEnvelope(ISecretSealer sealer)
{
    /// <summary>The row with a fresh envelope for its owner, provider, kind, account, row id, version and binding.</summary>
    public StoredCredential Seal(StoredCredential row, CredentialSecret secret)
    {
        row = row with { Kind = secret.Kind, ExpiresAt = (secret as TokenSet)?.ExpiresAt };
        var plaintext = secret is HeaderSet headers
            ? JsonSerializer.SerializeToUtf8Bytes(headers, VaultJson.Default.HeaderSet)
            : JsonSerializer.SerializeToUtf8Bytes((TokenSet)secret, VaultJson.Default.TokenSet);
        try
        {
            return row with { Envelope = sealer.Seal(plaintext, ContextOf(row).Bytes) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>Opens a row's envelope; the secret is there exactly when the outcome is opened.</summary>
    public EnvelopeOutcome Open(StoredCredential row, out CredentialSecret? secret)
    {
        var outcome = sealer.Open(row.Envelope, ContextOf(row).Bytes, out var plaintext);
        secret = null;
        try
        {
            return outcome != EnvelopeOutcome.Opened || TryRead(row.Kind, plaintext, out secret) ? outcome : EnvelopeOutcome.Malformed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static bool TryRead(CredentialKind kind, byte[] plaintext, [NotNullWhen(true)] out CredentialSecret? secret)
    {
        try
        {
            secret = kind == CredentialKind.Headers
                ? JsonSerializer.Deserialize(plaintext, VaultJson.Default.HeaderSet)
                : JsonSerializer.Deserialize(plaintext, VaultJson.Default.TokenSet);
        }
        catch (JsonException)
        {
            secret = null;
        }

        return secret is not null;
    }

    /// <summary>What an envelope is bound to, from the columns of its row. The binding counts only where there is one: envelopes from before there were bindings still open.</summary>
    public static EnvelopeContext Context(
        string ownerKind, string ownerId, string provider, string kind, string? providerSubject, byte[] rowId, long version, string? boundSubject, string? boundClient)
    {
        var context = new EnvelopeContext("credential").Add(ownerKind).Add(ownerId).Add(provider).Add(kind).Add(providerSubject).Add(rowId).Add(version);
        return boundSubject is null ? context : context.Add(boundSubject).Add(boundClient);
    }

    private static EnvelopeContext ContextOf(StoredCredential row) => Context(
        row.Key.Owner.KindName,
        row.Key.Owner.Id,
        row.Key.Provider,
        row.Kind == CredentialKind.OAuth ? "oauth" : "headers",
        row.ProviderSubject,
        row.RowId,
        row.Version,
        row.Binding?.Subject.ToString(),
        row.Binding?.ClientId);
}
