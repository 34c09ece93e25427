using System.Data.Common;
using System.Text;

namespace Keyholder.Tests.Testing;

/// <summary>Every value of every column of every table, as bytes: text in UTF-8, anything else as it is.</summary>
internal static class DatabaseDump
{
    public const string SqliteTables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    public const string PostgresTables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";

    /// <summary>Reads the database.</summary>
    /// <param name="connection">Not yet open.</param>
    /// <param name="tables">The query for the names of the tables.</param>
    public static async Task<IReadOnlyList<(string Column, byte[] Value)>> ReadAsync(DbConnection connection, string tables)
    {
        await connection.OpenAsync();
        var names = await QueryAsync(connection, tables, row => row.GetString(0));
        names.Count.ShouldBeGreaterThan(10);
        var values = new List<(string, byte[])>();
        foreach (var name in names)
        {
            foreach (var row in await QueryAsync(connection, $"SELECT * FROM {name}", row => Enumerable.Range(0, row.FieldCount).Where(i => !row.IsDBNull(i)).Select(i => ($"{name}.{row.GetName(i)}", Bytes(row.GetValue(i)))).ToList()))
            {
                values.AddRange(row);
            }
        }

        return values;
    }

    private static byte[] Bytes(object value) => value as byte[] ?? Encoding.UTF8.GetBytes(value.ToString()!);

    private static async Task<List<T>> QueryAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> map)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of the schema's own tables.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(map(reader));
        }

        return rows;
    }
}
