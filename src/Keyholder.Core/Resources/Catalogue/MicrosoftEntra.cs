namespace Keyholder.Resources.Catalogue;

/// <summary>Microsoft Entra ID for accounts of any tenant. It names no issuer for all tenants, and its metadata does not mention PKCE; it has no revocation endpoint.</summary>
internal static class MicrosoftEntra
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Microsoft",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        TokenEndpoint = "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        ClientAuthMethod = "client_secret_post",
        Scopes = ["openid", "profile", "offline_access", "User.Read"],
        Identity = new() { From = IdentitySource.IdToken, Subject = ["tid", "oid"] },
        AssumePkce = true,
    };
}
