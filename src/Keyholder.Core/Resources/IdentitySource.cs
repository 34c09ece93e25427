namespace Keyholder.Resources;

/// <summary>What tells which account at a provider a credential belongs to.</summary>
public enum IdentitySource
{
    /// <summary>Nothing: the account stays unknown.</summary>
    None,

    /// <summary>The ID token, when one comes along.</summary>
    IdToken,

    /// <summary>A member of the token response.</summary>
    TokenResponse,

    /// <summary>A document fetched with the access token.</summary>
    UserInfo,
}
