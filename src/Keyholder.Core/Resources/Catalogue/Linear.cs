namespace Keyholder.Resources.Catalogue;

/// <summary>Linear. Scopes are separated by commas; refresh tokens rotate.</summary>
internal static class Linear
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Linear",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://linear.app/oauth/authorize",
        TokenEndpoint = "https://api.linear.app/oauth/token",
        RevocationEndpoint = "https://api.linear.app/oauth/revoke",
        ClientAuthMethod = "client_secret_post",
        Scopes = ["read"],
        ScopeSeparator = Resources.ScopeSeparator.Comma,
    };
}
