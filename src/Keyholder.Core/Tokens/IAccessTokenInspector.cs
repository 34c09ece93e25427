namespace Keyholder.Tokens;

/// <summary>Looks at an access token for its owner or for introspection. Never decides access: that takes a resource, see <see cref="IAccessTokenValidator"/>.</summary>
public interface IAccessTokenInspector
{
    /// <summary>Validates a token of any resource; everything but the audience is checked as in <see cref="IAccessTokenValidator.Validate"/>.</summary>
    AccessTokenOutcome Inspect(ReadOnlySpan<char> token, out AccessToken? accessToken);
}
