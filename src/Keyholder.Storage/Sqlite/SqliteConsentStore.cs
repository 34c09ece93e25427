using Keyholder.Authorization;
using Keyholder.Sessions;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteConsentStore(SqliteDatabase database) : IConsentStore
{
    public Task<Consent?> FindAsync(Subject subject, string clientId, string redirectHost, string resource, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ConsentRows.Find(connection, subject, clientId, redirectHost, resource), cancellationToken);
}
