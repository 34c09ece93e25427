using Keyholder.Storage.Postgres;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>Counts up rows of <c>server_secrets</c>, and does what else a test asks for on the way.</summary>
internal sealed class SecretUpdates : IPostgresBulkUpdate<(string Name, string? Deed), string>
{
    public const string Divide = "divide by zero";
    public const string EndConnection = "end the connection";
    public const string TakeLock = "take the lock";
    public const string Unreadable = "unreadable";

    public string Sql => $"""
        UPDATE server_secrets
        SET created_at = created_at + CASE deed
          WHEN '{Divide}' THEN 1 / (ordinal - ordinal)
          WHEN '{EndConnection}' THEN pg_terminate_backend(pg_backend_pid())::int
          WHEN '{TakeLock}' THEN length(pg_advisory_xact_lock(1)::text)
          ELSE 1 END
        FROM unnest($1, $2) WITH ORDINALITY AS change (wanted, deed, ordinal)
        WHERE name = wanted
        RETURNING ordinal, name
        """;

    public UInt128 RowOf((string Name, string? Deed) change) => change.Name[^1];

    public void AddParameters(NpgsqlParameterCollection to, IReadOnlyList<(string Name, string? Deed)> changes)
    {
        to.AddArray(changes, change => change.Name);
        to.AddArray(changes, change => change.Deed);
    }

    public string Read(NpgsqlDataReader row, (string Name, string? Deed) change) =>
        change.Deed == Unreadable ? throw new InvalidDataException("broken") : row.GetString(1);
}
