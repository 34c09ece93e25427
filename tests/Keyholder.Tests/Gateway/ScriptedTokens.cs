using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Tests.Gateway;

/// <summary>Known tokens, all for resource <c>demo</c> unless said otherwise.</summary>
internal sealed class ScriptedTokens : IAccessTokenValidator
{
    public const string Person3 = "person3-token-canary";
    public const string AliceOtherClient = "person3-other-client";
    public const string AliceAtOther = "person3-at-other";
    public const string Person2 = "person2-token";
    public const string NarrowAdmin = "person3-admin-only";
    public const string Jwt = "eyJhbGciOiJFUzI1NiJ9.person3-claims-canary.signature";
    public const string Expired = "expired-token";
    public const string Revoked = "revoked-token";
    public const string Unknowable = "unknowable-token";

    public static DateTimeOffset ExpiresAt { get; } = new(2030, 1, 1, 0, 10, 0, TimeSpan.Zero);

    public AccessTokenOutcome Validate(ReadOnlySpan<char> token, string audience, out AccessToken? accessToken)
    {
        var text = token.ToString();
        var home = text == AliceAtOther ? "/mcp/other" : "/mcp/demo";
        accessToken = null;
        var outcome = text switch
        {
            Expired => AccessTokenOutcome.Expired,
            Revoked => AccessTokenOutcome.Revoked,
            Unknowable => AccessTokenOutcome.RevocationUnknown,
            Person3 or Jwt or AliceOtherClient or AliceAtOther or Person2 or NarrowAdmin => audience.EndsWith(home, StringComparison.Ordinal) ? AccessTokenOutcome.Valid : AccessTokenOutcome.WrongAudience,
            _ => AccessTokenOutcome.Malformed,
        };
        if (outcome == AccessTokenOutcome.Valid)
        {
            accessToken = new AccessToken
            {
                Id = "jti-" + text,
                SessionId = SessionId.Create(),
                Subject = Subject.User(text == Person2 ? "person2" : "person3"),
                ClientId = text == AliceOtherClient ? "client-2" : "client-1",
                Audience = audience,
                Scopes = text == NarrowAdmin ? ["mcp:admin", "offline_access", "mcp:retired"] : ["mcp:read"],
                IssuedAt = ExpiresAt.AddMinutes(-10),
                ExpiresAt = ExpiresAt,
                AuthenticatedAt = ExpiresAt.AddMinutes(-10),
            };
        }

        return outcome;
    }
}
