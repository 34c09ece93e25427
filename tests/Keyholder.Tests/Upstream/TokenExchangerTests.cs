using System.Net;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Upstream;

public sealed class TokenExchangerTests : IDisposable
{
    private const string Subject1 = "eyJhbGciOiJFUzI1NiJ9.subject-canary-1.signature";
    private const string Subject2 = "eyJhbGciOiJFUzI1NiJ9.subject-canary-2.signature";
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly FakeProvider _fake;
    private readonly TokenExchanger _exchanger;
    private readonly DateTimeOffset _subjectEnds;
    private int _issued;

    public TokenExchangerTests()
    {
        _loggers = LoggerFactory.Create(b => b.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        _fake = new FakeProvider(_time);
        _exchanger = new TokenExchanger(_fake.Client, _fake.Options, _time, _loggers.CreateLogger<TokenExchanger>());
        _subjectEnds = _time.GetUtcNow().AddMinutes(10);
        Answer(_ => $$"""{"access_token":"up-{{Interlocked.Increment(ref _issued)}}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":300}""");
    }

    public void Dispose()
    {
        _fake.Dispose();
        _loggers.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task The_request_is_the_RFCs()
    {
        var authorization = await AuthorizeAsync(Resource());

        authorization.Headers.ShouldBe([new("Authorization", "Bearer up-1")]);
        var request = _fake.TokenRequests.ShouldHaveSingleItem();
        request.Authorization!.ShouldStartWith("Basic ");
        request.Form.ShouldBe(
            new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["subject_token"] = Subject1,
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
                ["requested_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
                ["audience"] = "https://orders.example",
                ["scope"] = "orders.read orders.list",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_not_configured_is_not_asked_for()
    {
        await AuthorizeAsync(Resource(e => e with { Audience = null, Scopes = [], SubjectTokenType = SubjectTokenType.Jwt }));

        var form = _fake.TokenRequests.Single().Form;
        form.Keys.ShouldNotContain("audience");
        form.Keys.ShouldNotContain("scope");
        form["subject_token_type"].ShouldBe("urn:ietf:params:oauth:token-type:jwt");
    }

    [Theory]
    [InlineData("kh_vk_0123456789abcdef")]
    [InlineData("kh_at_opaque")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d.e")]
    [InlineData("")]
    public async Task Nothing_but_a_JWT_is_ever_sent_to_the_provider(string subject)
    {
        (await AuthorizeAsync(Resource(), subject)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Refused);
        _fake.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_is_kept_for_the_whole_token_audience_and_scope_and_for_nothing_else()
    {
        var first = await AuthorizeAsync(Resource());
        (await AuthorizeAsync(Resource())).ShouldBeSameAs(first);

        (await AuthorizeAsync(Resource(), Subject2)).ShouldNotBeSameAs(first);
        (await AuthorizeAsync(Resource(), Subject1 + "x")).ShouldNotBeSameAs(first);
        (await AuthorizeAsync(Resource(e => e with { Audience = "https://other.example" }))).ShouldNotBeSameAs(first);
        (await AuthorizeAsync(Resource(e => e with { Scopes = ["orders.read"] }))).ShouldNotBeSameAs(first);
        (await AuthorizeAsync(Resource(e => e with { Provider = e.Provider with { Name = "other" } }))).ShouldNotBeSameAs(first);
        _fake.TokenRequests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task An_answer_is_kept_until_shortly_before_it_ends()
    {
        await AuthorizeAsync(Resource());
        _time.Advance(TimeSpan.FromSeconds(239));
        await AuthorizeAsync(Resource());
        _fake.TokenRequests.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        await AuthorizeAsync(Resource());
        _fake.TokenRequests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(""","expires_in":86400""")]
    [InlineData("")]
    public async Task An_answer_never_outlives_the_token_it_was_given_for(string expiry)
    {
        Answer(_ => $$"""{"access_token":"up","token_type":"Bearer"{{expiry}}}""");
        await AuthorizeAsync(Resource());
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await AuthorizeAsync(Resource());
        _fake.TokenRequests.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        await AuthorizeAsync(Resource());
        _fake.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_hundred_callers_exchange_once()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _fake.Token = _ => answer.Task;

        var callers = Enumerable.Range(0, 100).Select(_ => AuthorizeAsync(Resource()).AsTask()).ToList();
        answer.SetResult(ScriptedHandler.Json("""{"access_token":"up","token_type":"Bearer"}"""));

        (await Task.WhenAll(callers)).Distinct().Count().ShouldBe(1);
        _fake.TokenRequests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("orders.read", true)]
    [InlineData("orders.list orders.read", true)]
    [InlineData("orders.read orders.write", false)]
    [InlineData("ORDERS.READ", false)]
    [InlineData("a\\\"b", false)]
    public async Task A_token_with_more_scopes_than_asked_for_is_not_used(string granted, bool usable)
    {
        Answer(_ => $$"""{"access_token":"up-canary","token_type":"Bearer","scope":"{{granted}}"}""");

        (await AuthorizeAsync(Resource())).Outcome.ShouldBe(usable ? UpstreamAuthorizationOutcome.Available : UpstreamAuthorizationOutcome.Refused);
    }

    [Theory]
    [InlineData("""{"access_token":"up","token_type":"N_A","issued_token_type":"urn:ietf:params:oauth:token-type:refresh_token"}""")]
    [InlineData("""{"access_token":"up","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:id_token"}""")]
    [InlineData("""{"access_token":"up","token_type":"DPoP","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}""")]
    [InlineData("""{"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}""")]
    public async Task Anything_but_a_bearer_access_token_is_not_used(string answer)
    {
        Answer(_ => answer);

        (await AuthorizeAsync(Resource())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Refused);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_request"}""", UpstreamAuthorizationOutcome.Refused)]
    [InlineData(400, """{"error":"invalid_grant"}""", UpstreamAuthorizationOutcome.Refused)]
    [InlineData(400, """{"error":"invalid_target"}""", UpstreamAuthorizationOutcome.Refused)]
    [InlineData(401, """{"error":"invalid_client"}""", UpstreamAuthorizationOutcome.Refused)]
    [InlineData(200, "<html>canary</html>", UpstreamAuthorizationOutcome.Refused)]
    [InlineData(500, "canary", UpstreamAuthorizationOutcome.TemporarilyUnavailable)]
    [InlineData(429, "canary", UpstreamAuthorizationOutcome.TemporarilyUnavailable)]
    public async Task A_failure_is_told_apart_remembered_for_a_moment_and_not_quoted(int status, string body, UpstreamAuthorizationOutcome outcome)
    {
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json(body, (HttpStatusCode)status));
        (await AuthorizeAsync(Resource())).Outcome.ShouldBe(outcome);
        (await AuthorizeAsync(Resource())).Outcome.ShouldBe(outcome);
        _fake.TokenRequests.Count.ShouldBe(1);
        _log.ToString().ShouldNotContain("canary");
        _log.ToString().ShouldNotBeEmpty();

        _time.Advance(_fake.Options.FailureBackoff);
        await AuthorizeAsync(Resource());
        _fake.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_rejected_token_is_exchanged_once_more_and_then_no_more_for_a_while()
    {
        var first = await AuthorizeAsync(Resource());
        var second = await ReauthorizeAsync(first);
        second.Headers[0].Value.ShouldBe("Bearer up-2");
        (await AuthorizeAsync(Resource())).ShouldBeSameAs(second);

        (await ReauthorizeAsync(first)).ShouldBeSameAs(second);
        (await ReauthorizeAsync(second)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Refused);
        (await AuthorizeAsync(Resource())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Refused);
        _fake.TokenRequests.Count.ShouldBe(2);
    }

    private static Resource Resource(Func<TokenExchange, TokenExchange>? change = null)
    {
        var exchange = new TokenExchange { Provider = Providers.Configured(), Audience = "https://orders.example", Scopes = ["orders.read", "orders.list"] };
        return UpstreamAuthorizerTests.Resource with { Auth = ResourceAuthKind.TokenExchange, Providers = [], Exchange = change is null ? exchange : change(exchange) };
    }

    private void Answer(Func<ScriptedRequest, string> answer) => _fake.Token = request => Task.FromResult(ScriptedHandler.Json(answer(request)));

    private ValueTask<UpstreamAuthorization> AuthorizeAsync(Resource resource, string subject = Subject1) => _exchanger.AuthorizeAsync(resource, Token(), subject, default);

    private ValueTask<UpstreamAuthorization> ReauthorizeAsync(UpstreamAuthorization rejected) => _exchanger.ReauthorizeAsync(Resource(), Token(), Subject1, rejected, default);

    private AccessToken Token() => new()
    {
        Id = "jti",
        SessionId = SessionId.Create(),
        Subject = Subject.User("person1"),
        ClientId = "client",
        Audience = UpstreamAuthorizerTests.Resource.Uri,
        Scopes = [],
        IssuedAt = _subjectEnds.AddMinutes(-10),
        ExpiresAt = _subjectEnds,
        AuthenticatedAt = _subjectEnds.AddMinutes(-10),
    };
}
