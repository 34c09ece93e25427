using Keyholder.Sessions;

namespace Keyholder.Tokens;

/// <summary>The validated claims of an access token (RFC 9068). Not the token itself.</summary>
public sealed record AccessToken
{
    // Only validation makes one: whoever holds an access token in hand knows that it was checked, revocation included.
    internal AccessToken()
    {
    }

    public required string Id { get; init; }

    public required SessionId SessionId { get; init; }

    public required Subject Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The resource URI in <c>aud</c>.</summary>
    public required string Audience { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset AuthenticatedAt { get; init; }
}
