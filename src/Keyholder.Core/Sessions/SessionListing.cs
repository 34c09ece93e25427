using Keyholder.Storage;

namespace Keyholder.Sessions;

/// <summary>A session as lists show it: with the names of who and what, and without any hash or sealed token.</summary>
public sealed record SessionListing
{
    public required SessionId Id { get; init; }

    public required Subject Subject { get; init; }

    /// <summary>The user's display name; null for other kinds of subject and for a user that is gone.</summary>
    public string? SubjectName { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The registered client's name; null when it has none, is not in the database or is gone.</summary>
    public string? ClientName { get; init; }

    /// <summary>The resource URI.</summary>
    public required string Resource { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset AuthenticatedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>When the session ends unless it is used; never after its absolute end.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokedReason { get; init; }

    /// <summary>Where this session lies in the list.</summary>
    public RowPosition Position => new(CreatedAt, Id.Value);
}
