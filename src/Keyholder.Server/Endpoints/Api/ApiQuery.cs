using System.Globalization;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>
/// Reads the query of an API request strictly: unknown, repeated and empty parameters are refused, because a filter that is dropped in silence shows, and
/// revokes, more than was meant. The first problem is kept in <see cref="Error"/>.
/// </summary>
internal sealed class ApiQuery
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;
    private const int MaxLength = 2048;

    private readonly IQueryCollection _query;

    public ApiQuery(HttpRequest request, params ReadOnlySpan<string> known)
    {
        _query = request.Query;
        foreach (var (name, values) in _query)
        {
            var problem = !known.Contains(name) ? "is not a parameter of this endpoint."
                : values.Count != 1 ? "is repeated."
                : values[0] is not { Length: > 0 and <= MaxLength } value ? "is empty or too long."
                : value.Any(char.IsControl) ? "holds a control character."
                : null;
            if (problem is not null)
            {
                Refuse(known.Contains(name) ? name : "query", problem);
                return;
            }
        }
    }

    /// <summary>What is wrong; null so far.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>A parameter, or null.</summary>
    public string? this[string name] => Error is null ? _query[name].ToString() is { Length: > 0 } value ? value : null : null;

    /// <summary>The <c>limit</c>: 1 to 500, by default 50.</summary>
    public int ReadLimit()
    {
        if (this["limit"] is not { } text)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MaxLimit)
        {
            return limit;
        }

        Refuse("limit", $"has to be from 1 to {MaxLimit}.");
        return DefaultLimit;
    }

    /// <summary>A cursor that is the sequence number of the last row of the page before; null = from the newest on.</summary>
    public long? ReadSequence(string name)
    {
        if (this[name] is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return sequence;
        }

        Refuse(name, "is not one this endpoint gave.");
        return null;
    }

    /// <summary>A cursor that is a place among rows; null = from the newest on.</summary>
    public RowPosition? ReadPosition(string name) =>
        Read(name, text => RowPosition.TryParse(text, out var position) ? position : (RowPosition?)null, "is not one this endpoint gave.");

    /// <summary>A parameter as <paramref name="parse"/> understands it; null when it is not set, or not understood, which is <paramref name="problem"/>.</summary>
    public T? Read<T>(string name, Func<string, T?> parse, string problem)
        where T : struct
    {
        if (this[name] is not { } text)
        {
            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            Refuse(name, problem);
        }

        return value;
    }

    /// <summary>Keeps a problem unless there is one already.</summary>
    public void Refuse(string parameter, string problem) => Error ??= ApiErrors.ParameterInvalid.About(parameter, problem);
}
