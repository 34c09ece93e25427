using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>Runs statements, one after the other, on an open connection. They are prepared by the driver once they are used often; every text is a constant.</summary>
internal sealed class PostgresStatements(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, params ReadOnlySpan<(string Name, PostgresValue Value)> parameters) =>
        RunAsync(Create(sql, parameters), static (command, cancellation) => command.ExecuteNonQueryAsync(cancellation));

    /// <summary>Every row, mapped.</summary>
    public Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> map, params ReadOnlySpan<(string Name, PostgresValue Value)> parameters) =>
        RunAsync(
            Create(sql, parameters),
            async (command, cancellation) =>
            {
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellation))
                {
                    rows.Add(map(reader));
                }

                return rows;
            });

    /// <summary>The only row, mapped, or null.</summary>
    public async Task<T?> QuerySingleAsync<T>(string sql, Func<NpgsqlDataReader, T> map, params (string Name, PostgresValue Value)[] parameters)
        where T : class =>
        await QueryAsync(sql, map, parameters) switch
        {
            [] => null,
            [var row] => row,
            _ => throw new InvalidOperationException("The statement gave more than one row."),
        };

    /// <summary>The first column of the only row, as an integer.</summary>
    public async Task<long> ScalarAsync(string sql, params (string Name, PostgresValue Value)[] parameters) =>
        (await QueryAsync(sql, row => row.GetInt64(0), parameters)).Single();

    /// <summary>Whether the statement gives a row.</summary>
    public async Task<bool> AnyAsync(string sql, params (string Name, PostgresValue Value)[] parameters) =>
        (await QueryAsync(sql, _ => true, parameters)).Count > 0;

    /// <summary>Fills a command's or batch command's parameters.</summary>
    public static void AddParameters(NpgsqlParameterCollection to, ReadOnlySpan<(string Name, PostgresValue Value)> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            to.Add(value.ToParameter(name));
        }
    }

    private NpgsqlCommand Create(string sql, ReadOnlySpan<(string Name, PostgresValue Value)> parameters)
    {
#pragma warning disable CA2100 // Every text is a constant of this assembly; values are parameters.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        AddParameters(command.Parameters, parameters);
        return command;
    }

    private async Task<T> RunAsync<T>(NpgsqlCommand command, Func<NpgsqlCommand, CancellationToken, Task<T>> run)
    {
        await using (command)
        {
            return await run(command, cancellationToken);
        }
    }
}
