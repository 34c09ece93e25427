using Keyholder.Resources;

namespace Keyholder.Tests.Upstream;

/// <summary>Providers as configuration would give them.</summary>
internal static class Providers
{
    public const string Issuer = "https://idp.example";

    public static Provider OAuth2() => new()
    {
        Name = "github",
        DisplayName = "GitHub",
        Kind = ProviderKind.OAuth2,
        Issuer = Issuer,
        ClientId = "keyholder",
        ClientSecret = "s3cret",
        ClientAuthMethod = "client_secret_basic",
        Scopes = ["repo"],
    };

    public static Provider Configured() => OAuth2() with
    {
        Issuer = null,
        AuthorizationEndpoint = new Uri("https://github.example/login/oauth/authorize"),
        TokenEndpoint = new Uri("https://github.example/login/oauth/access_token"),
    };

    public static Provider Oidc() => OAuth2() with { Name = "google", Kind = ProviderKind.Oidc, Scopes = ["openid", "email"], SignIn = true };
}
