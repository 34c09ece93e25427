namespace Keyholder.Resources.Catalogue;

/// <summary>Notion public connections. There are no scopes: the person picks pages.</summary>
internal static class Notion
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Notion",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://api.notion.com/v1/oauth/authorize",
        TokenEndpoint = "https://api.notion.com/v1/oauth/token",
        RevocationEndpoint = "https://api.notion.com/v1/oauth/revoke",
        Scopes = [],
        AuthorizationParameters = new Dictionary<string, string> { ["owner"] = "user" },
        TokenRequestFormat = Resources.TokenRequestFormat.Json,
        Identity = new() { From = IdentitySource.TokenResponse, Subject = ["workspace_id", "owner.user.id"], Name = ["owner.user.name", "workspace_name"] },
    };
}
