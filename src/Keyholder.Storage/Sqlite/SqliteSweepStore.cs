namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteSweepStore(SqliteDatabase database) : ISweepStore
{
    public async Task<(int Found, int Deleted)> DeleteAsync(SweepTarget target, DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var rows = SweepRows.Of(target);

        // Looking for them may take long, and the one writer is not kept waiting for it; what was found is judged again when it goes.
        var keys = await database.ReadAsync(
            connection => connection.Query(rows.Select, row => row.GetValue(0), ("@before", before), ("@limit", limit)), cancellationToken);
        return keys.Count == 0
            ? (0, 0)
            : (keys.Count, await database.WriteAsync(connection => keys.Sum(key => Delete(connection, target, rows, key, before, now)), cancellationToken));
    }

    private static int Delete(PreparedConnection connection, SweepTarget target, SweepRows rows, object key, DateTimeOffset before, DateTimeOffset now) =>
        target == SweepTarget.SessionCredentials
            ? CredentialRelease.OfSwept(connection, rows, key, before, now)
            : connection.Execute(rows.Delete, ("@key", key), ("@before", before));
}
