namespace Keyholder.Sessions;

/// <summary>What the session row keeps of its authorization code (RFC 6749 section 4.1.2, RFC 7636).</summary>
public sealed record AuthorizationCodeRecord
{
    /// <summary>SHA-256 of the code's secret.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The redirect URI actually used; the token request has to repeat it.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>Whether the authorization request carried <c>redirect_uri</c>; only then may the token request not omit it.</summary>
    public required bool RedirectUriWasSent { get; init; }

    /// <summary>The S256 code challenge: 43 characters of base64url.</summary>
    public required string Challenge { get; init; }

    public DateTimeOffset? RedeemedAt { get; init; }

    /// <inheritdoc />
    public override string ToString() => "authorization code";
}
