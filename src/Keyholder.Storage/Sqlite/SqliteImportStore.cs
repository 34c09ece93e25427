using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteImportStore(SqliteDatabase database) : IImportStore
{
    public Task<ImportBeginOutcome> BeginAsync(byte[] digest, string source, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (connection.Any("SELECT 1 FROM imports WHERE digest = $digest AND finished_at IS NOT NULL", ("$digest", digest)))
                {
                    return ImportBeginOutcome.Finished;
                }

                if (connection.Execute(
                    "INSERT INTO imports (digest, source, began_at) VALUES ($digest, $source, $now) ON CONFLICT (digest) DO NOTHING",
                    ("$digest", digest),
                    ("$source", source),
                    ("$now", now)) == 0)
                {
                    return ImportBeginOutcome.Resumed;
                }

                AuditRows.Append(connection, audit);
                return ImportBeginOutcome.Begun;
            },
            cancellationToken);

    public Task<ImportOutcome> AddCredentialAsync(byte[] record, StoredCredential credential, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => Journalled(connection, record) ?? Journal(
                connection, record, audit, now, stored: CredentialRows.Insert(connection, credential) == 1),
            cancellationToken);

    public Task<ImportOutcome> AddIdentityAsync(byte[] record, ProviderIdentity identity, User user, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => Journalled(connection, record) ?? Journal(connection, record, audit, now, stored: Insert(connection, identity, user)),
            cancellationToken);

    public Task<ImportOutcome?> FindAsync(byte[] record, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => Journalled(connection, record), cancellationToken);

    public Task FinishAsync(byte[] digest, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (connection.Execute("UPDATE imports SET finished_at = $now WHERE digest = $digest AND finished_at IS NULL", ("$now", now), ("$digest", digest)) == 1)
                {
                    AuditRows.Append(connection, audit);
                }
            },
            cancellationToken);

    public Task<int> AbandonAsync(AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var abandoned = connection.Execute("DELETE FROM imports WHERE finished_at IS NULL");
                if (abandoned > 0)
                {
                    AuditRows.Append(connection, audit);
                }

                return abandoned;
            },
            cancellationToken);

    public async Task<IReadOnlyList<ImportRun>> ListAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                "SELECT source, began_at, finished_at FROM imports ORDER BY began_at, source",
                row => new ImportRun(row.GetString(0), row.Time(1), row.TimeOrNull(2))),
            cancellationToken);

    private static ImportOutcome? Journalled(PreparedConnection connection, byte[] record) => connection
        .Query("SELECT outcome FROM import_records WHERE record_hash = $record", row => (ImportOutcome?)StoredWords.ImportOutcome.Read(row.GetString(0)), ("$record", record))
        .SingleOrDefault();

    private static ImportOutcome Journal(PreparedConnection connection, byte[] record, AuditEvent audit, DateTimeOffset now, bool stored)
    {
        var outcome = stored ? ImportOutcome.Imported : ImportOutcome.Kept;
        connection.Execute(
            "INSERT INTO import_records (record_hash, outcome, at) VALUES ($record, $outcome, $now)",
            ("$record", record),
            ("$outcome", StoredWords.ImportOutcome.Write(outcome)),
            ("$now", now));
        if (stored)
        {
            AuditRows.Append(connection, audit);
        }

        return outcome;
    }

    private static bool Insert(PreparedConnection connection, ProviderIdentity identity, User user)
    {
        if (connection.Any(
            "SELECT 1 FROM provider_identities WHERE provider = $provider AND subject = $subject", ("$provider", identity.Provider), ("$subject", identity.Subject)))
        {
            return false;
        }

        if (!connection.Any("SELECT 1 FROM users WHERE id = $id", ("$id", user.Id)))
        {
            UserRows.Insert(connection, user);
        }

        connection.Execute(
            "INSERT INTO provider_identities (provider, subject, user_id) VALUES ($provider, $subject, $user_id)",
            ("$provider", identity.Provider),
            ("$subject", identity.Subject),
            ("$user_id", user.Id));
        return true;
    }
}
