using Keyholder.Vault;

namespace Keyholder.Tests;

/// <summary>The vault as tests fill it: by no request.</summary>
internal static class CredentialVaultExtensions
{
    public static Task StoreAsync(
        this ICredentialVault vault, CredentialKey key, CredentialSecret secret, string? providerSubject, CredentialBinding? binding, CancellationToken cancellationToken) =>
        vault.StoreAsync(key, secret, providerSubject, binding, actor: null, origin: null, cancellationToken);

    public static Task<bool> ConnectAsync(
        this ICredentialVault vault, byte[] stateHash, CredentialKey key, CredentialSecret secret, string? providerSubject, CredentialBinding? binding, CancellationToken cancellationToken) =>
        vault.ConnectAsync(stateHash, key, secret, providerSubject, binding, actor: null, origin: null, cancellationToken);
}
