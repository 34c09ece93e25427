using System.Security.Cryptography;
using Keyholder.Server.Configuration;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Loads the vault's key ring and registers the vault.</summary>
internal static class VaultServices
{
    private const string DefaultKeyFile = "vault.key";

    /// <summary>The configured key ring; the key file is made when it is missing. A database in memory gets a key in memory.</summary>
    /// <exception cref="StartException">The keys cannot be used; the message lists every reason.</exception>
    public static VaultKeyRing LoadKeys(KeyholderConfiguration configuration)
    {
        var problems = new List<string>();
        var vault = configuration.Vault;
        var ring = vault switch
        {
            { Keys.Count: > 0 } => VaultKeyRing.Parse(string.Join('\n', vault.Keys), problems),
            { KeyFile: { } file } => VaultKeyFile.LoadOrCreate(Path.GetFullPath(file), problems),
            _ when configuration.Storage.Kind == StorageKind.Memory => VaultKeyRing.Parse("memory:" + RandomNumberGenerator.GetHexString(64), problems),
            _ => VaultKeyFile.LoadOrCreate(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configuration.Storage.Path))!, DefaultKeyFile), problems),
        };
        return ring ?? throw new StartException(string.Join('\n', problems));
    }

    /// <summary>Registers the vault. Needs the credential and audit stores.</summary>
    public static void AddVault(this IServiceCollection services, ISecretSealer sealer)
    {
        services.AddSingleton(sealer);
        services.AddSingleton<CredentialVault>();
        services.AddSingleton<ICredentialVault>(provider => provider.GetRequiredService<CredentialVault>());
    }
}
