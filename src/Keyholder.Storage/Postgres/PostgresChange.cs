using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>A change in the write queue.</summary>
/// <param name="Row">Orders the changes of a batch, alike on every node.</param>
/// <param name="Value">What to change.</param>
/// <param name="Transition">Whose it is, and what it makes of the changed row; null when none was changed.</param>
internal readonly record struct PostgresChange<TChange>(UInt128 Row, TChange Value, Transition<NpgsqlDataReader?> Transition);
