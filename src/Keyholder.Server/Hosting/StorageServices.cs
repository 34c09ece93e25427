using System.Data.Common;
using Keyholder.Server.Commands;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Storage.Postgres;
using Keyholder.Storage.Sqlite;

namespace Keyholder.Server.Hosting;

/// <summary>Opens the configured storage and registers its ports. The only place that names a concrete store.</summary>
internal static class StorageServices
{
    /// <summary>Opens the storage, making the database when it is missing.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public static async Task<IKeyholderStorage> OpenAsync(StorageConfiguration storage, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return storage.Kind switch
            {
                StorageKind.Postgres => await PostgresStorage.OpenAsync(new(storage.ConnectionString!), time, cancellationToken),
                StorageKind.Memory => await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, time, cancellationToken),
                _ => await SqliteStorage.OpenAsync(new(Path.GetFullPath(storage.Path)), time, cancellationToken),
            };
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotBeOpened(storage, e);
        }
    }

    /// <summary>Opens the storage to look at it: a database that is missing, in memory, or older than this Keyholder is left as it is.</summary>
    /// <returns>The storage; null when it was left.</returns>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public static async Task<IKeyholderStorage?> OpenAsItIsAsync(StorageConfiguration storage, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var isCurrent = storage.Kind switch
            {
                StorageKind.Postgres => await PostgresStorage.IsCurrentAsync(new(storage.ConnectionString!), cancellationToken),
                StorageKind.Memory => false,
                _ => await SqliteStorage.IsCurrentAsync(new(Path.GetFullPath(storage.Path)), cancellationToken),
            };
            return isCurrent ? await OpenAsync(storage, time, cancellationToken) : null;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotBeOpened(storage, e);
        }
    }

    /// <summary>Whether PostgreSQL's driver understands it. Nothing is opened.</summary>
    public static bool IsConnectionString(string text) => PostgresStorageOptions.IsConnectionString(text);

    /// <summary>Which database it is, for people. No secrets.</summary>
    public static string Describe(StorageConfiguration storage) => storage.Kind switch
    {
        StorageKind.Postgres => new PostgresStorageOptions(storage.ConnectionString!).ToString(),
        StorageKind.Memory => "in memory only",
        _ => Path.GetFullPath(storage.Path),
    };

    /// <summary>Opens the storage the configuration names for a command that works on it beside, or without, the server.</summary>
    /// <exception cref="StartException">The configuration has problems, the storage cannot be opened, or it is in memory.</exception>
    public static Task<IKeyholderStorage> OpenForCommandAsync(string? configurationFile, ProcessContext context, CancellationToken cancellationToken) =>
        OpenForCommandAsync(KeyholderCommand.Load(configurationFile, context).Configuration, context, cancellationToken);

    /// <inheritdoc cref="OpenForCommandAsync(string?, ProcessContext, CancellationToken)" />
    public static Task<IKeyholderStorage> OpenForCommandAsync(KeyholderConfiguration configuration, ProcessContext context, CancellationToken cancellationToken) =>
        configuration.Storage.Kind == StorageKind.Memory
            ? throw new StartException("storage is in memory: nothing outside the server can reach it")
            : OpenAsync(configuration.Storage, context.Time, cancellationToken);

    /// <summary>Registers every port. The container closes the storage.</summary>
    public static void AddStorage(this IServiceCollection services, IKeyholderStorage storage)
    {
        services.AddSingleton(_ => storage);
        services.AddSingleton(storage.AdminTokens);
        services.AddSingleton(storage.Audit);
        services.AddSingleton(storage.AuditTrail);
        services.AddSingleton(storage.AuthorizationRequests);
        services.AddSingleton(storage.BrowserSessions);
        services.AddSingleton(storage.ClientAssertions);
        services.AddSingleton(storage.ClientSnapshots);
        services.AddSingleton(storage.Clients);
        services.AddSingleton(storage.ConnectLinks);
        services.AddSingleton(storage.ConnectionFlows);
        services.AddSingleton(storage.Consents);
        services.AddSingleton(storage.CredentialDirectory);
        services.AddSingleton(storage.Credentials);
        services.AddSingleton(storage.CredentialRefreshes);
        services.AddSingleton(storage.CredentialRefusals);
        services.AddSingleton(storage.Declarations);
        services.AddSingleton(storage.DeviceAuthorizations);
        services.AddSingleton(storage.Grants);
        services.AddSingleton(storage.Imports);
        services.AddSingleton(storage.Leases);
        services.AddSingleton(storage.PushedRequests);
        services.AddSingleton(storage.Reconciliation);
        services.AddSingleton(storage.Revocations);
        services.AddSingleton(storage.RevocationSignal);
        services.AddSingleton(storage.SealedRows);
        services.AddSingleton(storage.ServerSecrets);
        services.AddSingleton(storage.SessionDirectory);
        services.AddSingleton(storage.Sessions);
        services.AddSingleton(storage.Sweeps);
        services.AddSingleton(storage.UpstreamClients);
        services.AddSingleton(storage.UpstreamRegistrations);
        services.AddSingleton(storage.UpstreamRevocations);
        services.AddSingleton(storage.Users);
        services.AddSingleton(storage.VaultKeyNodes);
        services.AddSingleton(storage.VirtualKeys);
    }

    private static bool IsRefusal(Exception e) => e is DbException or IOException or UnauthorizedAccessException or SchemaTooNewException;

    private static StartException CannotBeOpened(StorageConfiguration storage, Exception e) => new($"the database {Describe(storage)} cannot be opened: {e.Message}", e);
}
