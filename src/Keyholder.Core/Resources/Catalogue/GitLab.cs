namespace Keyholder.Resources.Catalogue;

/// <summary>GitLab.com. Access tokens live two hours; refresh tokens rotate.</summary>
internal static class GitLab
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "GitLab",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://gitlab.com/oauth/authorize",
        TokenEndpoint = "https://gitlab.com/oauth/token",
        RevocationEndpoint = "https://gitlab.com/oauth/revoke",
        ClientAuthMethod = "client_secret_post",
        Scopes = ["read_user"],
        Identity = new() { From = IdentitySource.UserInfo, Url = "https://gitlab.com/api/v4/user", Subject = ["id"], Name = ["username"] },
    };
}
