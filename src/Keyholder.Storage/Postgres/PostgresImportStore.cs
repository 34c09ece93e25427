using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresImportStore(PostgresDatabase database) : IImportStore
{
    public Task<ImportBeginOutcome> BeginAsync(byte[] digest, string source, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await statements.ExecuteAsync(
                    "INSERT INTO imports (digest, source, began_at) VALUES (@digest, @source, @now) ON CONFLICT (digest) DO NOTHING",
                    ("digest", digest),
                    ("source", source),
                    ("now", now)) == 1)
                {
                    await AuditRows.AppendAsync(statements, audit);
                    return ImportBeginOutcome.Begun;
                }

                return await statements.AnyAsync("SELECT 1 FROM imports WHERE digest = @digest AND finished_at IS NOT NULL", ("digest", digest))
                    ? ImportBeginOutcome.Finished
                    : ImportBeginOutcome.Resumed;
            },
            cancellationToken);

    public Task<ImportOutcome> AddCredentialAsync(byte[] record, StoredCredential credential, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        AddAsync(record, statements => CredentialRows.InsertAsync(statements, credential), audit, now, cancellationToken);

    public Task<ImportOutcome> AddIdentityAsync(byte[] record, ProviderIdentity identity, User user, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        AddAsync(record, statements => InsertAsync(statements, identity, user), audit, now, cancellationToken);

    public Task<ImportOutcome?> FindAsync(byte[] record, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => JournalledAsync(statements, record), cancellationToken);

    public Task FinishAsync(byte[] digest, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await statements.ExecuteAsync(
                    "UPDATE imports SET finished_at = @now WHERE digest = @digest AND finished_at IS NULL", ("now", now), ("digest", digest)) == 1)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }
            },
            cancellationToken);

    public Task<int> AbandonAsync(AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var abandoned = await statements.ExecuteAsync("DELETE FROM imports WHERE finished_at IS NULL");
                if (abandoned > 0)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }

                return abandoned;
            },
            cancellationToken);

    public async Task<IReadOnlyList<ImportRun>> ListAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                "SELECT source, began_at, finished_at FROM imports ORDER BY began_at, source",
                row => new ImportRun(row.GetString(0), row.Time(1), row.TimeOrNull(2))),
            cancellationToken);

    // Of two that import the same record at once the second waits for the lock, and then finds it in the journal.
    private Task<ImportOutcome> AddAsync(
        byte[] record, Func<PostgresStatements, Task<int>> insertAsync, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockAsync(PostgresLocks.Imports, Convert.ToHexString(record));
                if (await JournalledAsync(statements, record) is { } known)
                {
                    return known;
                }

                var outcome = await insertAsync(statements) == 1 ? ImportOutcome.Imported : ImportOutcome.Kept;
                await statements.ExecuteAsync(
                    "INSERT INTO import_records (record_hash, outcome, at) VALUES (@record, @outcome, @now)",
                    ("record", record),
                    ("outcome", StoredWords.ImportOutcome.Write(outcome)),
                    ("now", now));
                if (outcome == ImportOutcome.Imported)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }

                return outcome;
            },
            cancellationToken);

    private static async Task<ImportOutcome?> JournalledAsync(PostgresStatements statements, byte[] record) =>
        (await statements.QueryAsync(
            "SELECT outcome FROM import_records WHERE record_hash = @record", row => (ImportOutcome?)StoredWords.ImportOutcome.Read(row.GetString(0)), ("record", record)))
        .SingleOrDefault();

    private static async Task<int> InsertAsync(PostgresStatements statements, ProviderIdentity identity, User user)
    {
        // As in a first sign-in with it.
        await statements.LockAsync(PostgresLocks.ProviderIdentities, identity.Subject);
        if (await statements.AnyAsync(
            "SELECT 1 FROM provider_identities WHERE provider = @provider AND subject = @subject", ("provider", identity.Provider), ("subject", identity.Subject)))
        {
            return 0;
        }

        if (!await statements.AnyAsync("SELECT 1 FROM users WHERE id = @id", ("id", user.Id)))
        {
            await UserRows.InsertAsync(statements, user);
        }

        return await statements.ExecuteAsync(
            "INSERT INTO provider_identities (provider, subject, user_id) VALUES (@provider, @subject, @user_id)",
            ("provider", identity.Provider),
            ("subject", identity.Subject),
            ("user_id", user.Id));
    }
}
