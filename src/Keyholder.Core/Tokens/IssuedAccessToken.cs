namespace Keyholder.Tokens;

/// <summary>An access token for the client.</summary>
/// <param name="Token">The JWT. Secret.</param>
/// <param name="ExpiresIn">Seconds until it expires.</param>
public sealed record IssuedAccessToken(string Token, long ExpiresIn)
{
    /// <inheritdoc />
    public override string ToString() => $"access token for {ExpiresIn} s";
}
