using System.Text;
using Keyholder.Sessions;
using Npgsql;
using NpgsqlTypes;

namespace Keyholder.Storage.Postgres;

/// <summary>A parameter of a statement with its column type, which also a null has: so a statement is prepared once, whatever its values.</summary>
internal readonly struct PostgresValue
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly NpgsqlDbType _type;
    private readonly object? _value;

    private PostgresValue(NpgsqlDbType type, object? value)
    {
        _type = type;
        _value = value;
    }

    public NpgsqlParameter ToParameter(string name) => new(name, _type) { Value = _value ?? DBNull.Value };

    public static implicit operator PostgresValue(string? text) => new(NpgsqlDbType.Text, Storable(text));

    public static implicit operator PostgresValue(byte[]? bytes) => new(NpgsqlDbType.Bytea, bytes);

    public static implicit operator PostgresValue(long number) => new(NpgsqlDbType.Bigint, number);

    public static implicit operator PostgresValue(long? number) => new(NpgsqlDbType.Bigint, number);

    public static implicit operator PostgresValue(bool flag) => new(NpgsqlDbType.Boolean, flag);

    public static implicit operator PostgresValue(bool? flag) => new(NpgsqlDbType.Boolean, flag);

    public static implicit operator PostgresValue(SessionId id) => new(NpgsqlDbType.Bytea, id.ToArray());

    public static implicit operator PostgresValue(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static implicit operator PostgresValue(DateTimeOffset? time) => new(NpgsqlDbType.Bigint, time?.ToUnixTimeMilliseconds());

    /// <summary>The text, if it can be sent. Refused here it fails its own caller only: half way through writing a batch it would break the connection of everybody in it.</summary>
    public static string? Storable(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("Text with a NUL character cannot be stored.", nameof(text));
        }

        Utf8.GetByteCount(text);
        return text;
    }
}
