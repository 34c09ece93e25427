using Keyholder.Authorization;
using Keyholder.Sessions;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresConsentStore(PostgresDatabase database) : IConsentStore
{
    public Task<Consent?> FindAsync(Subject subject, string clientId, string redirectHost, string resource, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => ConsentRows.FindAsync(statements, subject, clientId, redirectHost, resource), cancellationToken);
}
