namespace Keyholder.Resources.Catalogue;

/// <summary>Slack user tokens. The answer puts the bot token where RFC 6749 has the token, the user token below authed_user, and a refreshed user token at the top again.</summary>
internal static class Slack
{
    public static ProviderDefinition Definition { get; } = new()
    {
        DisplayName = "Slack",
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://slack.com/oauth/v2/authorize",
        TokenEndpoint = "https://slack.com/api/oauth.v2.access",
        Scopes = ["users:read"],
        ScopeParameter = "user_scope",
        ScopeSeparator = Resources.ScopeSeparator.Comma,
        TokenResponse = new()
        {
            Within = ["authed_user", ""],
            TokenTypes = ["user"],
            DeadGrantErrors = ["invalid_code", "invalid_refresh_token"],
            RefusedClientErrors = ["bad_client_secret", "invalid_client_id"],
        },
        Identity = new() { From = IdentitySource.TokenResponse, Subject = ["team.id", "authed_user.id"], Name = ["team.name"] },
    };
}
