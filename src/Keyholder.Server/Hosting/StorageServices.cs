using System.Data.Common;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Storage.Sqlite;

namespace Keyholder.Server.Hosting;

/// <summary>Opens the configured storage and registers its ports. The only place that names a concrete store.</summary>
internal static class StorageServices
{
    /// <summary>Opens the storage, making the database when it is missing.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public static async Task<IKeyholderStorage> OpenAsync(StorageConfiguration storage, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = storage.Kind == StorageKind.Memory ? SqliteStorageOptions.Memory : new SqliteStorageOptions(Path.GetFullPath(storage.Path));
        try
        {
            return await SqliteStorage.OpenAsync(options, time, cancellationToken);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or SchemaTooNewException)
        {
            throw new StartException($"the database {options.Path ?? "in memory"} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Registers every port. The container closes the storage.</summary>
    public static void AddStorage(this IServiceCollection services, IKeyholderStorage storage)
    {
        services.AddSingleton(_ => storage);
        services.AddSingleton(storage.AdminTokens);
        services.AddSingleton(storage.Audit);
        services.AddSingleton(storage.AuditTrail);
        services.AddSingleton(storage.AuthorizationRequests);
        services.AddSingleton(storage.BrowserSessions);
        services.AddSingleton(storage.Clients);
        services.AddSingleton(storage.ConnectionFlows);
        services.AddSingleton(storage.Consents);
        services.AddSingleton(storage.Credentials);
        services.AddSingleton(storage.Revocations);
        services.AddSingleton(storage.RevocationSignal);
        services.AddSingleton(storage.ServerSecrets);
        services.AddSingleton(storage.SessionDirectory);
        services.AddSingleton(storage.Sessions);
        services.AddSingleton(storage.Users);
    }
}
