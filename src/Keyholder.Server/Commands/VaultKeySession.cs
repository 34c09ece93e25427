using Keyholder.Maintenance;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary>The vault's keys and what they have sealed, for one command, beside running servers.</summary>
internal sealed class VaultKeySession : IAsyncDisposable
{
    private readonly LeaseClaim _lease;

    private VaultKeySession(KeyholderConfiguration configuration, IKeyholderStorage storage, VaultKeySource keys, TimeProvider time)
    {
        (Configuration, Storage, Keys, KeyFile) = (configuration, storage, keys, VaultServices.KeyFileOf(configuration));
        _lease = new LeaseClaim(storage.Leases, "vault_keys", TimeSpan.FromMinutes(1), time);
    }

    public KeyholderConfiguration Configuration { get; }

    public IKeyholderStorage Storage { get; }

    public VaultKeySource Keys { get; }

    /// <summary>The key file; null when the keys are in the configuration.</summary>
    public string? KeyFile { get; }

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

    /// <summary>Makes sure that no other command changes the ring at the same time, and that the ring is read as it is now.</summary>
    /// <exception cref="StartException">One does, or the ring cannot be read any more.</exception>
    public async Task BeginChangeAsync(CancellationToken cancellationToken)
    {
        if (!await _lease.HoldAsync(cancellationToken))
        {
            throw new StartException("another 'keyholder keys' command is changing the keys; try again when it is done, or in a minute");
        }

        Reload();
    }

    /// <summary>Reads the ring again.</summary>
    /// <exception cref="StartException">It cannot be read.</exception>
    public void Reload()
    {
        var problems = new List<string>();
        Keys.Reload(problems);
        if (problems.Count > 0)
        {
            throw new StartException(string.Join('\n', problems));
        }
    }

    /// <summary>Lets the next command change the ring.</summary>
    public Task EndChangeAsync() => _lease.ReleaseAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _lease.ReleaseAsync();
        await Storage.DisposeAsync();
    }
}
