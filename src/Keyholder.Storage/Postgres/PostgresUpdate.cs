using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>A statement in the write queue: it updates one row at most and gives that row back.</summary>
/// <param name="Row">Orders the rows of a batch, alike on every node.</param>
/// <param name="Sql">The statement, a constant.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Transition">Whose it is, and what it makes of the row; null when none was changed.</param>
internal sealed record PostgresUpdate(
    UInt128 Row, string Sql, (string Name, PostgresValue Value)[] Parameters, Transition<NpgsqlDataReader?> Transition)
{
    public NpgsqlBatchCommand ToBatchCommand()
    {
#pragma warning disable CA2100 // Every text is a constant of this assembly; values are parameters.
        var command = new NpgsqlBatchCommand(Sql);
#pragma warning restore CA2100
        PostgresStatements.AddParameters(command.Parameters, Parameters);
        return command;
    }
}
