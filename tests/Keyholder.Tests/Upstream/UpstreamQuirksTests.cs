using System.Net;
using System.Text.Json;
using Keyholder.Resources;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Upstream;

public sealed class UpstreamQuirksTests : IDisposable
{
    private const string Callback = "https://keys.example/callback";
    private const string UserInfoUrl = "https://api.github.example/user";
    private static readonly IdentityMapping UserInfo = new() { From = IdentitySource.UserInfo, Url = UserInfoUrl, Subject = ["id"], Name = ["login"] };
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly FakeProvider _fake;
    private readonly UpstreamLegs _legs;
    private string? _nonce;

    public UpstreamQuirksTests()
    {
        _loggers = LoggerFactory.Create(b => b.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        _fake = new FakeProvider(_time);
        _legs = new UpstreamLegs(_fake.Client, new EnvelopeSealer(VaultKeys.Ring(1)), _loggers.CreateLogger<UpstreamLegs>());
    }

    public void Dispose()
    {
        _fake.Dispose();
        _loggers.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Scopes_go_out_in_the_parameter_and_with_the_separator_of_the_provider()
    {
        var provider = Providers.Configured() with { Scopes = ["a:read", "b"], ScopeParameter = "user_scope", ScopeSeparator = ScopeSeparator.Comma };

        var (leg, _) = await _legs.StartAsync(provider, Callback, false, [], default);

        leg!.RedirectTo.Query.ShouldContain("&user_scope=a%3Aread%2Cb&");
        leg.RedirectTo.Query.ShouldNotContain("&scope=");
        leg.RedirectTo.Query.ShouldNotContain("resource=");
    }

    [Fact]
    public async Task A_provider_that_reads_JSON_is_sent_JSON()
    {
        await CompleteAsync(Providers.Configured() with { TokenRequestFormat = TokenRequestFormat.Json, ClientAuthMethod = "client_secret_post" });

        var body = JsonDocument.Parse(_fake.TokenRequests.Single().Body).RootElement;
        body.GetProperty("grant_type").GetString().ShouldBe("authorization_code");
        body.GetProperty("client_secret").GetString().ShouldBe("s3cret");
        body.GetProperty("code_verifier").GetString()!.Length.ShouldBe(43);
    }

    [Fact]
    public async Task Refresh_tokens_are_spent_where_the_provider_takes_them()
    {
        var provider = Providers.Configured() with { RefreshEndpoint = new Uri("https://github.example/refresh") };

        await _fake.Client.Tokens.RefreshAsync(provider, provider.TokenEndpoint!, "rt", default);

        _fake.TokenRequests.Single().Uri.ShouldBe(provider.RefreshEndpoint);
    }

    [Fact]
    public async Task The_account_comes_from_the_document_the_provider_has_for_it()
    {
        _fake.UserInfo = _ => ScriptedHandler.Json("""{"id":583231,"login":"person1"}""");

        var leg = await CompleteAsync(Providers.Configured() with { Identity = UserInfo });

        leg.Outcome.ShouldBe(LegOutcome.Succeeded);
        leg.Subject.ShouldBe("583231");
        leg.DisplayName.ShouldBe("person1");
        _fake.Trusted.Requests.Single(r => r.Uri.AbsoluteUri == UserInfoUrl).Authorization.ShouldBe("Bearer at");
    }

    [Theory]
    [InlineData(401, LegOutcome.Succeeded)]
    [InlineData(403, LegOutcome.Succeeded)]
    [InlineData(404, LegOutcome.Rejected)]
    [InlineData(302, LegOutcome.Rejected)]
    [InlineData(429, LegOutcome.Unavailable)]
    [InlineData(500, LegOutcome.Unavailable)]
    public async Task A_document_that_cannot_be_had_leaves_the_account_unknown_only_when_the_token_may_not_read_it(int status, LegOutcome outcome)
    {
        _fake.UserInfo = _ => ScriptedHandler.Json("""{"id":1}""", (HttpStatusCode)status);

        var leg = await CompleteAsync(Providers.Configured() with { Identity = UserInfo });

        leg.Outcome.ShouldBe(outcome);
        leg.Subject.ShouldBeNull();
        (leg.Tokens is not null).ShouldBe(outcome == LegOutcome.Succeeded);
    }

    [Theory]
    [InlineData("<html>canary</html>", "text/html")]
    [InlineData("""{"id":1}""", "text/plain")]
    [InlineData("""{"id":1,"id":2}""", "application/json")]
    [InlineData("""{"login":"canary"}""", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("", "application/json")]
    public async Task A_document_that_names_nobody_or_two_people_is_not_believed(string body, string mediaType)
    {
        _fake.UserInfo = _ => ScriptedHandler.Json(body, mediaType: mediaType);

        (await CompleteAsync(Providers.Configured() with { Identity = UserInfo })).Outcome.ShouldBe(LegOutcome.Rejected);
        _log.ToString().ShouldNotContain("canary");
    }

    [Theory]
    [InlineData(null, null, LegOutcome.Succeeded)]
    [InlineData("aud", "another", LegOutcome.Rejected)]
    [InlineData("nonce", "another", LegOutcome.Rejected)]
    [InlineData("exp", 1L, LegOutcome.Rejected)]
    [InlineData("oid", null, LegOutcome.Rejected)]
    public async Task An_ID_token_of_a_provider_without_keys_names_the_account_when_it_is_for_this_leg(string? claim, object? value, LegOutcome outcome)
    {
        var provider = Providers.Configured() with { Identity = new() { From = IdentitySource.IdToken, Subject = ["tid", "oid"] } };
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json(JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["access_token"] = "at",
            ["id_token"] = _fake.IdToken(_nonce!, c =>
            {
                (c["tid"], c["oid"]) = ("t", "o");
                if (claim is not null)
                {
                    c.Remove(claim);
                    if (value is not null)
                    {
                        c[claim] = value;
                    }
                }
            }),
        })));

        var leg = await CompleteAsync(provider);

        leg.Outcome.ShouldBe(outcome);
        leg.Subject.ShouldBe(outcome == LegOutcome.Succeeded ? "t|o" : null);
    }

    [Fact]
    public async Task Such_a_provider_signs_nobody_in()
    {
        var provider = Providers.Configured() with { Identity = IdentityMapping.IdToken, SignIn = true };

        (await _legs.StartAsync(provider, Callback, signIn: true, [], default)).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task A_subject_claim_of_its_own_is_read_from_a_proved_ID_token()
    {
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json(JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["access_token"] = "at",
            ["id_token"] = _fake.IdToken(_nonce!, c => c["ext"] = new Dictionary<string, object> { ["employee"] = "e-1" }),
        })));

        (await CompleteAsync(Providers.Oidc() with { Identity = IdentityMapping.IdToken with { Subject = ["ext.employee"] } })).Subject.ShouldBe("e-1");
    }

    [Fact]
    public async Task Metadata_that_is_silent_about_PKCE_is_used_when_the_operator_vouches_for_it()
    {
        _fake.Metadata!.Remove("code_challenge_methods_supported");

        (await _legs.StartAsync(Providers.Oidc(), Callback, false, [], default)).Outcome.ShouldBe(LegOutcome.Rejected);
        var (leg, outcome) = await _legs.StartAsync(Providers.Oidc() with { AssumePkce = true }, Callback, false, [], default);

        outcome.ShouldBe(LegOutcome.Succeeded);
        leg!.RedirectTo.Query.ShouldContain("code_challenge_method=S256");
    }

    public static TheoryData<string, int, string, string, LegOutcome> Misbehaviour => new()
    {
        { "garbage", 200, "application/json", "canary{{{", LegOutcome.Rejected },
        { "a web page", 200, "text/html", "<html>canary</html>", LegOutcome.Rejected },
        { "a failure with a web page", 502, "text/html", "<html>canary</html>", LegOutcome.Unavailable },
        { "a failure", 500, "application/json", """{"error":"canary"}""", LegOutcome.Unavailable },
        { "too much of it", 200, "application/json", new string(' ', 300_000) + """{"access_token":"canary"}""", LegOutcome.Rejected },
        { "another token type", 200, "application/json", """{"access_token":"canary","token_type":"mac"}""", LegOutcome.Rejected },
        { "a token that would split a header", 200, "application/json", """{"access_token":"canary\r\nx: y"}""", LegOutcome.Rejected },
        { "a redirect", 302, "text/html", "canary", LegOutcome.Rejected },
        { "a deep document", 200, "application/json", string.Concat(Enumerable.Repeat("""{"a":""", 100)) + "1" + new string('}', 100), LegOutcome.Rejected },
    };

    [Theory]
    [MemberData(nameof(Misbehaviour))]
    public async Task A_token_endpoint_that_answers_nonsense_gives_no_credential_and_is_not_quoted(string what, int status, string mediaType, string body, LegOutcome outcome)
    {
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json(body, (HttpStatusCode)status, mediaType));

        var leg = await CompleteAsync(Providers.Configured());

        leg.Outcome.ShouldBe(outcome, what);
        leg.Tokens.ShouldBeNull();
        $"{_log}{leg}{leg.Debug}".ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_token_endpoint_that_never_answers_is_given_up()
    {
        _fake.Token = _ => new TaskCompletionSource<HttpResponseMessage>().Task;

        var leg = CompleteAsync(Providers.Configured());
        while (!leg.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await leg).Outcome.ShouldBe(LegOutcome.Unavailable);
    }

    private async Task<CompletedLeg> CompleteAsync(Provider provider)
    {
        var (leg, _) = await _legs.StartAsync(provider, Callback, signIn: false, [], default);
        _nonce = leg!.RedirectTo.Query[1..].Split('&').Select(p => p.Split('=')).FirstOrDefault(p => p[0] == "nonce")?[1];
        var flow = new ConnectionFlow
        {
            StateHash = leg.StateHash,
            Purpose = ConnectionPurpose.Connect,
            Provider = provider.Name,
            BrowserHash = new byte[32],
            AuthorizationRequestId = "r",
            Owner = new CredentialOwner(CredentialOwnerKind.User, "person1"),
            SealedSecrets = leg.SealedSecrets,
            CreatedAt = _time.GetUtcNow(),
            ExpiresAt = _time.GetUtcNow().AddMinutes(10),
        };
        return await _legs.CompleteAsync(provider, Callback, flow, new LegCallback(Callback, "code", null, null), default);
    }
}
