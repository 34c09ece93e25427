namespace Keyholder.Resources.Catalogue;

/// <summary>Sentry. Its endpoints end with a slash; the account comes with the token.</summary>
internal static class Sentry
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Sentry",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://sentry.io/oauth/authorize/",
        TokenEndpoint = "https://sentry.io/oauth/token/",
        ClientAuthMethod = "client_secret_post",
        Scopes = ["org:read"],
        Identity = new() { From = IdentitySource.TokenResponse, Subject = ["user.id"], Name = ["user.name"] },
    };
}
