namespace Keyholder.Resources.Catalogue;

/// <summary>Figma. Refresh tokens are spent at an endpoint of their own and do not rotate.</summary>
internal static class Figma
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Figma",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://www.figma.com/oauth",
        TokenEndpoint = "https://api.figma.com/v1/oauth/token",
        RefreshEndpoint = "https://api.figma.com/v1/oauth/refresh",
        Scopes = ["current_user:read"],
        Identity = new() { From = IdentitySource.UserInfo, Url = "https://api.figma.com/v1/me", Subject = ["id"], Name = ["handle"] },
    };
}
