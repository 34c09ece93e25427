using Keyholder.Server.Configuration;
using Keyholder.Storage.Sqlite;

namespace Keyholder.Server.Hosting;

/// <summary>Opens the configured storage and registers its ports. The only place that names a concrete store.</summary>
internal static class StorageServices
{
    /// <summary>Opens the storage, making the database when it is missing.</summary>
    public static Task<SqliteStorage> OpenAsync(StorageConfiguration storage, TimeProvider time, CancellationToken cancellationToken) =>
        SqliteStorage.OpenAsync(storage.Kind == StorageKind.Memory ? SqliteStorageOptions.Memory : new(Path.GetFullPath(storage.Path)), time, cancellationToken);

    /// <summary>Registers every port. The container closes the storage.</summary>
    public static void AddStorage(this IServiceCollection services, SqliteStorage storage)
    {
        services.AddSingleton(_ => storage);
        services.AddSingleton(storage.Audit);
        services.AddSingleton(storage.AuthorizationRequests);
        services.AddSingleton(storage.BrowserSessions);
        services.AddSingleton(storage.Clients);
        services.AddSingleton(storage.ConnectionFlows);
        services.AddSingleton(storage.Consents);
        services.AddSingleton(storage.Credentials);
        services.AddSingleton(storage.Revocations);
        services.AddSingleton(storage.ServerSecrets);
        services.AddSingleton(storage.Sessions);
        services.AddSingleton(storage.Users);
    }
}
