using Keyholder.Sessions;

namespace Keyholder.Tests.Sessions;

/// <summary>A plausible session for pure tests.</summary>
internal static class SessionFixture
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Session Create() => new()
    {
        Id = SessionId.Create(),
        Subject = Subject.User("u1"),
        ClientId = "client",
        Resource = "https://keys.example.com/mcp/notes",
        Scopes = ["mcp:read", "mcp:write"],
        AuthenticatedAt = Now,
        CreatedAt = Now,
        LastUsedAt = Now,
        IdleExpiresAt = Now.AddDays(30),
        AbsoluteExpiresAt = Now.AddDays(180),
        Code = new AuthorizationCodeRecord
        {
            Hash = new byte[32],
            ExpiresAt = Now.AddMinutes(1),
            RedirectUri = "http://127.0.0.1:3000/callback",
            RedirectUriWasSent = true,
            Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        },
    };
}
