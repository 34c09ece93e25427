namespace Keyholder.Tokens;

/// <summary>A successful token response (RFC 6749 section 5.1).</summary>
/// <param name="AccessToken">The bearer token.</param>
/// <param name="RefreshToken">Secret; null when the client may not have one.</param>
/// <param name="Scopes">What the access token is good for.</param>
public sealed record TokenResponse(IssuedAccessToken AccessToken, string? RefreshToken, IReadOnlyList<string> Scopes)
{
    /// <inheritdoc />
    public override string ToString() => $"token response with {AccessToken}";
}
