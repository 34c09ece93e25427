namespace Keyholder.Resources.Catalogue;

/// <summary>Google. A refresh token comes only with offline access, and again only after a new consent.</summary>
internal static class Google
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Google",
        Kind = ProviderKind.Oidc,
        Issuer = "https://accounts.google.com",
        RevocationEndpoint = "https://oauth2.googleapis.com/revoke",
        Scopes = ["openid", "email"],
        AuthorizationParameters = new Dictionary<string, string> { ["access_type"] = "offline", ["prompt"] = "consent" },
    };
}
