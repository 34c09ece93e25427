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
        Changes = new VaultKeyChanges(keys, KeyFile, configuration.Vault.ReloadInterval, storage.SealedRows, storage.Audit, storage.Leases, time);
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
            return new VaultKeySession(configuration, storage, VaultServices.OpenKeys(configuration, context.Time), context.Time);
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
