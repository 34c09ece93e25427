using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Tokens;
using Keyholder.Tokens;

namespace Keyholder.Tests.Sessions;

public sealed class AuthorizationCodeIssuerTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly OpaqueTokenFormats _formats = new(TestServerSecrets.Create());

    [Fact]
    public void The_session_carries_the_request_and_only_the_hash_of_the_code()
    {
        var request = Request();

        var issued = Issuer().Issue(request);

        _formats.AuthorizationCode.TryParse(issued.Code, out var code).ShouldBeTrue();
        var session = issued.Session;
        code.SessionId.ShouldBe(request.SessionId);
        code.Generation.ShouldBe(0u);
        session.Code.Hash.ShouldBe(code.Secret.Hash());
        (session.Id, session.Subject, session.ClientId, session.Resource).ShouldBe((request.SessionId, request.Subject, request.ClientId, request.Resource));
        session.Scopes.ShouldBe(request.Scopes);
        (session.Code.RedirectUri, session.Code.RedirectUriWasSent, session.Code.Challenge).ShouldBe((request.RedirectUri, true, request.CodeChallenge));
        (session.Generation, session.RefreshHash, session.Code.RedeemedAt).ShouldBe((0u, null, null));
        issued.ToString().ShouldNotContain(issued.Code);
    }

    [Fact]
    public void A_session_whose_code_nobody_redeems_ends_with_the_code()
    {
        var session = Issuer().Issue(Request()).Session;

        session.Code.ExpiresAt.ShouldBe(_time.GetUtcNow().AddSeconds(60));
        session.IdleExpiresAt.ShouldBe(session.Code.ExpiresAt);
        session.AbsoluteExpiresAt.ShouldBe(_time.GetUtcNow().AddDays(180));
    }

    [Fact]
    public void A_request_nobody_signed_in_to_opens_no_session() =>
        Should.Throw<InvalidOperationException>(() => Issuer().Issue(Request() with { Subject = null }));

    private AuthorizationCodeIssuer Issuer() => new(_formats, new SessionOptions(), _time);

    private AuthorizationRequest Request() => new()
    {
        Id = "request",
        Phase = AuthorizationPhase.Upstream,
        BrowserHash = new byte[32],
        SessionId = SessionId.Create(),
        ClientId = "client",
        RedirectUri = "http://127.0.0.1:3000/callback",
        RedirectUriWasSent = true,
        CodeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        Resource = "https://keys.example.com/mcp/notes",
        Scopes = ["mcp:read"],
        Subject = Subject.User("u1"),
        AuthenticatedAt = _time.GetUtcNow(),
        CreatedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow().AddMinutes(10),
    };
}
