using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>A conditional update of many rows in one statement, each for one caller of a <see cref="PostgresWriteQueue{TChange, TRow}"/>.</summary>
internal interface IPostgresBulkUpdate<in TChange, out TRow>
    where TRow : class
{
    /// <summary>
    /// The statement, a constant. Its parameters are arrays with an element for every change, and it goes through them in their order. The first column
    /// of each row it gives is the position, from 1 on, of the change that made it.
    /// </summary>
    string Sql { get; }

    /// <summary>The row a change updates, as what orders rows alike on every node.</summary>
    UInt128 RowOf(TChange change);

    /// <summary>Adds the parameters, in the order of their numbers.</summary>
    void AddParameters(NpgsqlParameterCollection to, IReadOnlyList<TChange> changes);

    /// <summary>Reads the row a change made.</summary>
    TRow Read(NpgsqlDataReader row, TChange change);
}
