using Keyholder.Sessions;

namespace Keyholder.Tokens;

/// <summary>What introspection says of a live token (RFC 7662 section 2.2).</summary>
public sealed record Introspection
{
    /// <summary>The answer for every token that is not live, whatever the reason: nothing else is said about it.</summary>
    public static Introspection Inactive { get; } = new();

    private Introspection()
    {
    }

    /// <summary>Whether the token is live; false = nothing else is set.</summary>
    public bool IsActive { get; private init; }

    /// <summary><c>access_token</c>, <c>refresh_token</c> or <c>admin_token</c>.</summary>
    public string? TokenUse { get; private init; }

    public IReadOnlyList<string> Scopes { get; private init; } = [];

    public string? ClientId { get; private init; }

    /// <summary>The subject's text form; of an admin token, which acts for nobody, <c>admin_token:NAME</c>.</summary>
    public string? Subject { get; private init; }

    /// <summary>The resource URI.</summary>
    public string? Audience { get; private init; }

    public SessionId? SessionId { get; private init; }

    /// <summary>The <c>jti</c>, or the id an admin token is revoked by; null for a refresh token.</summary>
    public string? TokenId { get; private init; }

    public DateTimeOffset IssuedAt { get; private init; }

    /// <summary>Null for an admin token, which does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>A live access token.</summary>
    public static Introspection Of(AccessToken token) => new()
    {
        IsActive = true,
        TokenUse = "access_token",
        Scopes = token.Scopes,
        ClientId = token.ClientId,
        Subject = token.Subject.ToString(),
        Audience = token.Audience,
        SessionId = token.SessionId,
        TokenId = token.Id,
        IssuedAt = token.IssuedAt,
        ExpiresAt = token.ExpiresAt,
    };

    /// <summary>A live admin token.</summary>
    public static Introspection Of(AdminToken token) => new()
    {
        IsActive = true,
        TokenUse = "admin_token",
        Subject = "admin_token:" + token.Name,
        TokenId = token.RevocationId,
        IssuedAt = token.CreatedAt,
    };

    /// <summary>The newest refresh token of a live session.</summary>
    public static Introspection OfRefreshToken(Session session) => new()
    {
        IsActive = true,
        TokenUse = "refresh_token",
        Scopes = session.Scopes,
        ClientId = session.ClientId,
        Subject = session.Subject.ToString(),
        Audience = session.Resource,
        SessionId = session.Id,
        IssuedAt = session.RotatedAt ?? session.Code.RedeemedAt ?? session.CreatedAt,
        ExpiresAt = session.IdleExpiresAt < session.AbsoluteExpiresAt ? session.IdleExpiresAt : session.AbsoluteExpiresAt,
    };
}
