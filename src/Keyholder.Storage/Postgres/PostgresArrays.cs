using Npgsql;
using NpgsqlTypes;

namespace Keyholder.Storage.Postgres;

/// <summary>Array parameters by position, with one element of every change.</summary>
internal static class PostgresArrays
{
    public static void AddArray<TChange>(this NpgsqlParameterCollection to, IReadOnlyList<TChange> changes, Func<TChange, byte[]?> element) =>
        to.Add(Create(changes, element, NpgsqlDbType.Bytea));

    public static void AddArray<TChange>(this NpgsqlParameterCollection to, IReadOnlyList<TChange> changes, Func<TChange, string?> element) =>
        to.Add(Create(changes, element, NpgsqlDbType.Text));

    public static void AddArray<TChange>(this NpgsqlParameterCollection to, IReadOnlyList<TChange> changes, Func<TChange, long> element) =>
        to.Add(Create(changes, element, NpgsqlDbType.Bigint));

    public static void AddArray<TChange>(this NpgsqlParameterCollection to, IReadOnlyList<TChange> changes, Func<TChange, DateTimeOffset> element) =>
        to.AddArray(changes, change => element(change).ToUnixTimeMilliseconds());

    private static NpgsqlParameter<T[]> Create<TChange, T>(IReadOnlyList<TChange> changes, Func<TChange, T> element, NpgsqlDbType type)
    {
        var elements = new T[changes.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = element(changes[i]);
        }

        return new NpgsqlParameter<T[]> { TypedValue = elements, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
