using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteSealedRowStore(SqliteDatabase database) : ISealedRowStore
{
    public async Task<IReadOnlyList<SealedRow>> ReadAsync(SealedKind kind, byte[]? keyMark, SealedRow? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var column = SealedColumn.Of(kind);
        var start = after?.Key ?? column.FirstKey;
        return await database.ReadAsync(
            connection => keyMark is null
                ? connection.Query(column.Select, row => SealedRows.Read(kind, row), ("@after", start), ("@limit", limit))
                : connection.Query(column.SelectOfMark, row => SealedRows.Read(kind, row), ("@mark", keyMark), ("@after", start), ("@limit", limit)),
            cancellationToken);
    }

    public Task<int> ReplaceAsync(IReadOnlyList<(SealedRow Row, byte[] Envelope)> replacements, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => replacements.Sum(replacement => Replace(connection, SealedColumn.Of(replacement.Row.Kind), replacement.Row, replacement.Envelope)),
            cancellationToken);

    public async Task<bool> AnyAsync(byte[] keyMark, CancellationToken cancellationToken)
    {
        foreach (var column in SealedColumn.All)
        {
            if (await database.ReadAsync(connection => connection.Any(column.Any, ("@mark", keyMark)), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    public async Task<IReadOnlyList<SealedCount>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = new List<SealedCount>();
        foreach (var column in SealedColumn.All)
        {
            counts.AddRange(await database.ReadAsync(
                connection => connection.Query(column.Count, row => new SealedCount(column.Kind, row.Bytes(0), row.GetInt64(1))), cancellationToken));
        }

        return counts;
    }

    private static int Replace(PreparedConnection connection, SealedColumn column, SealedRow row, byte[] envelope) => connection.Execute(
        $"UPDATE {column.Table} SET {column.Envelope} = @new WHERE {column.Key} = @key AND {column.Envelope} = @old",
        ("@new", envelope),
        ("@key", row.Key),
        ("@old", row.Envelope));
}
