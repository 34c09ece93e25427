namespace Keyholder.Sessions;

/// <summary>
/// One client's authorization by one subject: the refresh-token family, and the <c>sid</c> of its access tokens.
/// Hashes are SHA-256; no token is stored in clear. See docs/storage-schema.md.
/// </summary>
public sealed record Session
{
    public required SessionId Id { get; init; }

    public required Subject Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The resource URI (RFC 8707) the session's access tokens are for.</summary>
    public required string Resource { get; init; }

    /// <summary>The granted scopes. A refresh may narrow an access token, never the session.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>When the subject signed in (<c>auth_time</c>).</summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The authorization code that opened the session.</summary>
    public required AuthorizationCodeRecord Code { get; init; }

    /// <summary>The generation of the newest refresh token; 0 before the code is redeemed.</summary>
    public uint Generation { get; init; }

    /// <summary>SHA-256 of the newest refresh token's secret; null when none was issued.</summary>
    public byte[]? RefreshHash { get; init; }

    /// <summary>SHA-256 of the immediate predecessor's secret.</summary>
    public byte[]? PreviousHash { get; init; }

    /// <summary>The newest refresh token, sealed with a key derived from its predecessor's secret.</summary>
    public byte[]? SealedSuccessor { get; init; }

    /// <summary>When the newest refresh token replaced its predecessor.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>When the session ends unless it is used.</summary>
    public required DateTimeOffset IdleExpiresAt { get; init; }

    /// <summary>When the session ends in any case; no rotation moves it.</summary>
    public required DateTimeOffset AbsoluteExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>One of <see cref="RevocationReasons"/>; null while the session is not revoked.</summary>
    public string? RevokedReason { get; init; }

    /// <summary>Whether the session can still be used at <paramref name="now"/>, its subject's state aside.</summary>
    public bool IsActive(DateTimeOffset now) => RevokedAt is null && now < IdleExpiresAt && now < AbsoluteExpiresAt;

    /// <inheritdoc />
    public override string ToString() => $"session {Id} of {Subject} for {ClientId} at {Resource} ({Scopes.Count} scopes: {OAuth.Scopes.Format(Scopes)})";
}
