namespace Keyholder.Resources;

/// <summary>What Keyholder tells a provider that the client's token is (RFC 8693 section 3).</summary>
public enum SubjectTokenType
{
    /// <summary><c>urn:ietf:params:oauth:token-type:access_token</c>.</summary>
    AccessToken,

    /// <summary><c>urn:ietf:params:oauth:token-type:jwt</c>.</summary>
    Jwt,
}
