using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresSealedRowStore(PostgresDatabase database) : ISealedRowStore
{
    public async Task<IReadOnlyList<SealedRow>> ReadAsync(SealedKind kind, byte[]? keyMark, SealedRow? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var column = SealedColumn.Of(kind);
        var start = Key(after?.Key ?? column.FirstKey);
        return await database.ReadAsync(
            statements => keyMark is null
                ? statements.QueryAsync(column.Select, row => SealedRows.Read(kind, row), ("after", start), ("limit", limit))
                : statements.QueryAsync(column.SelectOfMark, row => SealedRows.Read(kind, row), ("mark", keyMark), ("after", start), ("limit", limit)),
            cancellationToken);
    }

    public Task<int> ReplaceAsync(IReadOnlyList<(SealedRow Row, byte[] Envelope)> replacements, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var replaced = 0;
                foreach (var (row, envelope) in replacements)
                {
                    replaced += await statements.ExecuteAsync(
                        Replace(SealedColumn.Of(row.Kind)), ("new", envelope), ("key", Key(row.Key)), ("old", row.Envelope));
                }

                return replaced;
            },
            cancellationToken);

    public Task<bool> AnyAsync(byte[] keyMark, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async statements =>
            {
                foreach (var column in SealedColumn.All)
                {
                    if (await statements.AnyAsync(column.Any, ("mark", keyMark)))
                    {
                        return true;
                    }
                }

                return false;
            },
            cancellationToken);

    public async Task<IReadOnlyList<SealedCount>> CountAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async statements =>
            {
                var counts = new List<SealedCount>();
                foreach (var column in SealedColumn.All)
                {
                    counts.AddRange(await statements.QueryAsync(column.Count, row => new SealedCount(column.Kind, row.Bytes(0), row.GetInt64(1))));
                }

                return counts;
            },
            cancellationToken);

    // A row that somebody holds is passed over: whoever waits for nobody stands in no circle of waiting.
    private static string Replace(SealedColumn column) =>
        $"""
        UPDATE {column.Table} SET {column.Envelope} = @new
        WHERE {column.Key} = (SELECT {column.Key} FROM {column.Table} WHERE {column.Key} = @key AND {column.Envelope} = @old FOR UPDATE SKIP LOCKED)
        """;

    private static PostgresValue Key(object key) => key is byte[] bytes ? bytes : (string)key;
}
