namespace Keyholder.Tokens;

/// <summary>The only way an access token is ever accepted. Revocation is part of validation, so no route can skip it.</summary>
public interface IAccessTokenValidator
{
    /// <summary>
    /// Validates a bearer token for one resource: type <c>at+jwt</c>, ES256 by a current key, issuer, lifetime, audience, revocation.
    /// No I/O; a token seen before costs a hash and a few look-ups.
    /// </summary>
    /// <param name="token">The token text without the scheme.</param>
    /// <param name="audience">The resource URI it has to be for.</param>
    /// <param name="accessToken">The claims when the outcome is <see cref="AccessTokenOutcome.Valid"/>.</param>
    AccessTokenOutcome Validate(ReadOnlySpan<char> token, string audience, out AccessToken? accessToken);
}
