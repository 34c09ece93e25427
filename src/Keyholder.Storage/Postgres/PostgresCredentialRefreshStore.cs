using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresCredentialRefreshStore(PostgresDatabase database) : ICredentialRefreshStore
{
    private const string RightHolds = """
        owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider AND row_id = @row_id AND version = @expected AND refresh_fencing = @fencing
        """;

    public Task<RefreshBeginning> BeginAsync(StoredCredential current, DateTimeOffset until, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(until, now);
        return database.WriteAsync(
            async statements => await TakeAsync(statements, current, until, now) ?? RefreshBeginnings.Classify(await FindAsync(statements, current.Key), current, now), cancellationToken);
    }

    public Task<RefreshStoreOutcome> CompleteAsync(CredentialRefresh refresh, StoredCredential refreshed, DateTimeOffset? pausedUntil, CancellationToken cancellationToken)
    {
        if (refreshed.Version != refresh.Version + 1)
        {
            throw new ArgumentException($"Version {refreshed.Version} does not follow version {refresh.Version}.", nameof(refreshed));
        }

        return database.WriteAsync(
            async statements => RefreshBeginnings.StoredAs(
                await statements.QuerySingleAsync(
                    $"""
                    UPDATE credentials
                    SET version = @version, envelope = @envelope, expires_at = @expires_at, updated_at = @updated_at,
                        refresh_fencing = refresh_fencing + 1, refresh_begun = 0, refresh_until = @until
                    WHERE {RightHolds}
                    RETURNING status
                    """,
                    row => row.GetString(0),
                    ("owner_kind", refresh.Key.Owner.KindName),
                    ("owner_id", refresh.Key.Owner.Id),
                    ("provider", refresh.Key.Provider),
                    ("row_id", refresh.RowId),
                    ("expected", refresh.Version),
                    ("fencing", refresh.Fencing),
                    ("version", refreshed.Version),
                    ("envelope", refreshed.Envelope),
                    ("expires_at", refreshed.ExpiresAt),
                    ("updated_at", refreshed.UpdatedAt),
                    ("until", pausedUntil))),
            cancellationToken);
    }

    public Task PauseAsync(CredentialRefresh refresh, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.ExecuteAsync(
                $"UPDATE credentials SET refresh_fencing = refresh_fencing + 1, refresh_begun = 0, refresh_until = @until WHERE {RightHolds}",
                ("owner_kind", refresh.Key.Owner.KindName),
                ("owner_id", refresh.Key.Owner.Id),
                ("provider", refresh.Key.Provider),
                ("row_id", refresh.RowId),
                ("expected", refresh.Version),
                ("fencing", refresh.Fencing),
                ("until", until)),
            cancellationToken);

    public Task<bool> FailAsync(CredentialRefresh refresh, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var changed = await statements.ExecuteAsync(
                    $"""
                    UPDATE credentials
                    SET status = 'needs_reauth', status_reason = @reason, updated_at = @now,
                        refresh_fencing = refresh_fencing + 1, refresh_begun = 0, refresh_until = NULL
                    WHERE {RightHolds} AND status = 'active'
                    """,
                    ("owner_kind", refresh.Key.Owner.KindName),
                    ("owner_id", refresh.Key.Owner.Id),
                    ("provider", refresh.Key.Provider),
                    ("row_id", refresh.RowId),
                    ("expected", refresh.Version),
                    ("fencing", refresh.Fencing),
                    ("reason", reason),
                    ("now", now));
                if (changed == 1)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }

                return changed == 1;
            },
            cancellationToken);

    private static Task<RefreshBeginning?> TakeAsync(PostgresStatements statements, StoredCredential current, DateTimeOffset until, DateTimeOffset now) => statements.QuerySingleAsync(
        """
        UPDATE credentials SET refresh_fencing = refresh_fencing + 1, refresh_begun = refresh_begun + 1, refresh_until = @until
        WHERE owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider AND row_id = @row_id AND version = @expected
          AND status = 'active' AND (refresh_until IS NULL OR refresh_until <= @now)
        RETURNING refresh_fencing, refresh_begun
        """,
        row => RefreshBeginnings.Begun(current, row.GetInt64(0), row.GetInt64(1)),
        ("owner_kind", current.Key.Owner.KindName),
        ("owner_id", current.Key.Owner.Id),
        ("provider", current.Key.Provider),
        ("row_id", current.RowId),
        ("expected", current.Version),
        ("until", until),
        ("now", now));

    private static Task<RefreshObstacle?> FindAsync(PostgresStatements statements, CredentialKey key) => statements.QuerySingleAsync(
        $"SELECT {RefreshBeginnings.Columns} FROM credentials WHERE owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider",
        RefreshBeginnings.Obstacle,
        ("owner_kind", key.Owner.KindName),
        ("owner_id", key.Owner.Id),
        ("provider", key.Provider));
}
