using Keyholder.Sessions;

namespace Keyholder.Authorization.Connect;

/// <summary>
/// A link that leads a person to connecting what a subject, or everybody, lacks. It gives no rights: whoever opens it has to be the one it is for. One for a virtual key can be
/// approved once.
/// </summary>
public sealed record ConnectLink
{
    /// <summary>SHA-256 of the id in the link; the row's key.</summary>
    public required byte[] IdHash { get; init; }

    /// <summary><see cref="AuthorizationPurpose.ConnectSubject"/> or <see cref="AuthorizationPurpose.ConnectShared"/>.</summary>
    public required AuthorizationPurpose Purpose { get; init; }

    /// <summary>Whom credentials are connected for; null for what is shared.</summary>
    public Subject? Subject { get; init; }

    /// <summary>The session that lacks something; null for what is shared, and when no session does: a key that is used by itself, or a user who asked for the link.</summary>
    public SessionId? Session { get; init; }

    /// <summary>The virtual key it is for; null when it is for somebody else.</summary>
    public string? Key => Subject is { Kind: SubjectKind.VirtualKey } key ? key.Id : null;

    /// <summary>Whose session it is; empty without a session.</summary>
    public required string ClientId { get; init; }

    /// <summary>The resource URI; empty for what is shared.</summary>
    public required string Resource { get; init; }

    /// <summary>The logical names of the providers to connect, in order; never empty.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"connect link to {string.Join(", ", Providers)}";
}
