namespace Keyholder.Resources.Catalogue;

/// <summary>GitHub OAuth apps, and GitHub Apps acting for a user, whose tokens may expire and rotate. Tokens are deleted through its REST API, not RFC 7009.</summary>
internal static class GitHub
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "GitHub",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://github.com/login/oauth/authorize",
        TokenEndpoint = "https://github.com/login/oauth/access_token",
        ClientAuthMethod = "client_secret_post",
        Scopes = ["read:user"],
        TokenResponse = new()
        {
            DeadGrantErrors = ["bad_verification_code", "bad_refresh_token"],
            RefusedClientErrors = ["incorrect_client_credentials"],
        },
        Identity = new() { From = IdentitySource.UserInfo, Url = "https://api.github.com/user", Subject = ["id"], Name = ["login"] },
    };
}
