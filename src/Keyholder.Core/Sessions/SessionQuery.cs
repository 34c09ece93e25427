using Keyholder.Storage;

namespace Keyholder.Sessions;

/// <summary>A page of the sessions that can still be used: neither revoked nor expired. Every filter that is set has to match.</summary>
public sealed record SessionQuery
{
    /// <summary>The longest <see cref="Text"/>, in characters.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Found literally, ASCII case aside, in the client's id or name, the user's names or the virtual key's name; a client that is gone is found by its whole id.</summary>
    public string? Text { get; init; }

    /// <summary>Ids of clients that match <see cref="Text"/> and that the database does not know: configured ones.</summary>
    public IReadOnlyList<string> MatchingClients { get; init; } = [];

    public SubjectKind? SubjectKind { get; init; }

    /// <summary>Only sessions of this subject.</summary>
    public Subject? Subject { get; init; }

    public string? ClientId { get; init; }

    /// <summary>Ids of clients that match <see cref="Text"/> without a look at the database.</summary>
    public IReadOnlyList<string> UnregisteredMatches => Text is null || MatchingClients.Contains(Text) ? MatchingClients : [.. MatchingClients, Text];

    /// <summary>Whether sessions of that kind of subject can be among those asked for.</summary>
    public bool Lists(SubjectKind kind) => (SubjectKind ?? kind) == kind && (Subject?.Kind ?? kind) == kind;

    /// <summary>Only what comes after this place; null = from the newest on.</summary>
    public RowPosition? After { get; init; }

    /// <summary>How many at most; above 0.</summary>
    public required int Limit { get; init; }
}
