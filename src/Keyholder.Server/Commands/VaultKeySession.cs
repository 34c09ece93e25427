using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary>The vault's keys and what they have sealed, for one command, beside running servers.</summary>
internal sealed class VaultKeySession : IAsyncDisposable
{
    private VaultKeySession(KeyholderConfiguration configuration, IKeyholderStorage storage, VaultKeySource keys, TimeProvider time)
    {
        (Storage, Keys, KeyFile) = (storage, keys, VaultServices.KeyFileOf(configuration));
        Changes = new VaultKeyChanges(keys, KeyFile, configuration.Vault.ReloadInterval, storage.SealedRows, storage.VaultKeyNodes, storage.Audit, storage.Leases, time);
    }

    public IKeyholderStorage Storage { get; }

    public VaultKeySource Keys { get; }

    /// <summary>The key file; null when the keys are in the configuration.</summary>
    public string? KeyFile { get; }

    public VaultKeyChanges Changes { get; }

    /// <summary>Opens the configured database and key ring.</summary>
    /// <exception cref="StartException">One of them cannot be opened, or the database is in memory.</exception>
    public static async Task<VaultKeySession> OpenAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        var (configuration, _) = KeyholderCommand.Load(path, context);
        var storage = await StorageServices.OpenForCommandAsync(path, context, cancellationToken);
        try
        {
            // What is shown and judged is what the servers do; a key they have and this ring lacks stops only what would seal.
            var keys = VaultServices.OpenKeys(configuration, context.Time);
            await SealingAgreement.FollowAsync(keys, storage.VaultKeyNodes, context.Time.GetUtcNow(), cancellationToken);
            return new VaultKeySession(configuration, storage, keys, context.Time);
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Storage.DisposeAsync();
}
