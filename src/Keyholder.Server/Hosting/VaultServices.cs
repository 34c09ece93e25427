using System.Security.Cryptography;
using Keyholder.Maintenance;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Loads the vault's key ring and registers the vault.</summary>
internal static class VaultServices
{
    private const string DefaultKeyFile = "vault.key";

    /// <summary>The key file; null when the keys come from the configuration itself, or the database is in memory.</summary>
    public static string? KeyFileOf(KeyholderConfiguration configuration) => configuration.Vault switch
    {
        { Keys.Count: > 0 } => null,
        { KeyFile: { } file } => Path.GetFullPath(file),
        _ when configuration.Storage.Kind == StorageKind.Memory => null,
        _ => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configuration.Storage.Path))!, DefaultKeyFile),
    };

    /// <summary>The configured key ring; the key file is made when it is missing. A database in memory gets a key in memory.</summary>
    /// <exception cref="StartException">The keys cannot be used; the message lists every reason.</exception>
    public static VaultKeyRing LoadKeys(KeyholderConfiguration configuration)
    {
        var problems = new List<string>();
        var ring = KeyFileOf(configuration) is { } file ? VaultKeyFile.LoadOrCreate(file, problems)
            : VaultKeyRing.Parse(configuration.Vault.Keys is [_, ..] keys ? string.Join('\n', keys) : "memory:" + RandomNumberGenerator.GetHexString(64), problems);
        return ring ?? throw new StartException(string.Join('\n', problems));
    }

    /// <summary>As <see cref="LoadKeys"/>; a key file can be read again.</summary>
    /// <exception cref="StartException">The keys cannot be used; the message lists every reason.</exception>
    public static VaultKeySource OpenKeys(KeyholderConfiguration configuration, TimeProvider time) =>
        new(LoadKeys(configuration), time, KeyFileOf(configuration) is { } file ? problems => VaultKeyFile.Load(file, problems) : null);

    /// <summary>Registers the vault. Needs the credential, audit, sealed-row and lease stores.</summary>
    public static void AddVault(this IServiceCollection services, VaultKeySource keys, KeyholderConfiguration configuration)
    {
        services.AddSingleton(keys);
        services.AddSingleton(provider => new VaultKeyChanges(
            keys,
            KeyFileOf(configuration),
            configuration.Vault.ReloadInterval,
            provider.GetRequiredService<ISealedRowStore>(),
            provider.GetRequiredService<IAuditStore>(),
            provider.GetRequiredService<ILeaseStore>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISecretSealer, EnvelopeSealer>();
        services.AddSingleton<CredentialVault>();
        services.AddSingleton<ICredentialVault>(provider => provider.GetRequiredService<CredentialVault>());
        services.AddSingleton<Resealer>();
        services.AddHostedService<VaultKeyService>();
        services.AddHostedService(provider => new ResealService(
            provider.GetRequiredService<Resealer>(),
            new LeaseClaim(provider.GetRequiredService<ILeaseStore>(), ResealService.LeaseName, ResealService.LeaseDuration, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<VaultKeySource>(),
            provider.GetRequiredService<IAuditStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ResealService>>()));
    }
}
