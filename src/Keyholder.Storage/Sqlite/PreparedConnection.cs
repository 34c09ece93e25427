using Keyholder.Sessions;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>A connection that keeps every statement it has run, prepared and keyed by its text. For one thread at a time.</summary>
internal sealed class PreparedConnection(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Whether a transaction is open. SQLite ends one by itself on some errors.</summary>
    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>Every statement that was run.</summary>
    public IReadOnlyCollection<string> Statements => _commands.Keys;

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteNonQuery();

    /// <summary>Every row, mapped.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>The only row, mapped, or null.</summary>
    public T? QuerySingle<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
        where T : class
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        var row = map(reader);
        return reader.Read() ? throw new InvalidOperationException("The statement gave more than one row.") : row;
    }

    /// <summary>The first column of the only row, as an integer.</summary>
    public long Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        (long)(Prepare(sql, parameters).ExecuteScalar() ?? throw new InvalidOperationException("The statement gave no row."));

    /// <summary>Whether the statement gives a row.</summary>
    public bool Any(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteScalar() is not null;

    /// <summary>Runs a script of several statements once, without keeping it.</summary>
    public void Run(string script)
    {
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this assembly; values are parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, _) in parameters)
            {
                command.Parameters.AddWithValue(name, DBNull.Value);
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].ParameterName = parameters[i].Name;
            command.Parameters[i].Value = ToColumn(parameters[i].Value);
        }

        return command;
    }

    private static object ToColumn(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.ToUnixTimeMilliseconds(),
        SessionId id => id.ToArray(),
        bool flag => flag ? 1L : 0L,
        uint number => (long)number,
        string text when text.Contains('\0', StringComparison.Ordinal) => throw new ArgumentException("Text with a NUL character cannot be stored.", nameof(value)),
        string or byte[] or long or int => value,
        _ => throw new ArgumentException($"No column holds a {value.GetType().Name}.", nameof(value)),
    };
}
