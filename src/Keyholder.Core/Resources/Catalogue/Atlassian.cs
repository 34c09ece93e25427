namespace Keyholder.Resources.Catalogue;

/// <summary>Atlassian Cloud (three-legged OAuth 2.0). Refresh tokens rotate and come only with offline_access.</summary>
internal static class Atlassian
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Atlassian",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://auth.atlassian.com/authorize",
        TokenEndpoint = "https://auth.atlassian.com/oauth/token",
        ClientAuthMethod = "client_secret_post",
        Scopes = ["offline_access", "read:me"],
        AuthorizationParameters = new Dictionary<string, string> { ["audience"] = "api.atlassian.com", ["prompt"] = "consent" },
        TokenRequestFormat = Resources.TokenRequestFormat.Json,
        Identity = new() { From = IdentitySource.UserInfo, Url = "https://api.atlassian.com/me", Subject = ["account_id"] },
    };
}
