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

    /// <summary>Takes this server into the agreement about what is sealed with, before it opens or seals anything.</summary>
    /// <exception cref="StartException">The running servers seal with keys that are not in the ring.</exception>
    public static async Task<SealingAgreement> JoinAsync(VaultKeySource keys, IKeyholderStorage storage, TimeProvider time, CancellationToken cancellationToken)
    {
        var agreement = new SealingAgreement(keys, storage.VaultKeyNodes, storage.SealedRows, Environment.MachineName, time);
        var missing = (await agreement.ReportAsync(cancellationToken)).Missing;
        if (missing.Count == 0)
        {
            return agreement;
        }

        await agreement.DisposeAsync();
        throw new StartException(Describe(missing));
    }

    /// <summary>As <see cref="OpenKeys"/>, for a command that seals beside running servers: with what they seal with.</summary>
    /// <exception cref="StartException">The keys cannot be used, or the running servers seal with others.</exception>
    public static async Task<VaultKeySource> OpenKeysToSealAsync(KeyholderConfiguration configuration, IKeyholderStorage storage, TimeProvider time, CancellationToken cancellationToken)
    {
        var keys = OpenKeys(configuration, time);
        var missing = await SealingAgreement.FollowAsync(keys, storage.VaultKeyNodes, time.GetUtcNow(), cancellationToken);
        return missing.Count == 0 ? keys : throw new StartException(Describe(missing));
    }

    /// <summary>What an operator has to do about keys that are missing here.</summary>
    public static string Describe(IReadOnlyList<VaultKeyLack> missing) => string.Join('\n', missing.Select(lack =>
        $"the vault key {lack.KeyId} is not in the key ring here (or is another key here), but servers of the same database have it, and what they seal could not be opened: "
        + $"{string.Join(", ", lack.Nodes)}. Copy the key file from there. If they are gone for good, try again in {SealingAgreement.Patience.TotalSeconds:0} seconds"));

    /// <summary>Registers the vault. Needs the credential, audit, sealed-row, vault-key-node and lease stores.</summary>
    public static void AddVault(this IServiceCollection services, VaultKeySource keys, SealingAgreement agreement, KeyholderConfiguration configuration)
    {
        services.AddSingleton(keys);

        // By a factory, so that it ends with the container.
        services.AddSingleton(_ => agreement);
        services.AddSingleton(provider => new VaultKeyChanges(
            keys,
            KeyFileOf(configuration),
            configuration.Vault.ReloadInterval,
            provider.GetRequiredService<ISealedRowStore>(),
            provider.GetRequiredService<IVaultKeyNodeStore>(),
            provider.GetRequiredService<IAuditStore>(),
            provider.GetRequiredService<ILeaseStore>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISecretSealer, EnvelopeSealer>();
        services.AddSingleton<CredentialVault>();
        services.AddSingleton<ICredentialVault>(provider => provider.GetRequiredService<CredentialVault>());
        services.AddSingleton<Resealer>();
        services.AddHostedService<VaultKeyService>();
        services.AddHostedService<SealingAgreementService>();
        services.AddHostedService(provider => new ResealService(
            provider.GetRequiredService<Resealer>(),
            new LeaseClaim(provider.GetRequiredService<ILeaseStore>(), ResealService.LeaseName, ResealService.LeaseDuration, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<VaultKeySource>(),
            provider.GetRequiredService<IAuditStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ResealService>>()));
    }
}
