using System.Net;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

public sealed class UpstreamLegsTests : IDisposable
{
    private const string Callback = "https://keys.example/callback";
    private readonly ManualTimeProvider _time = new();
    private readonly FakeProvider _fake;
    private readonly EnvelopeSealer _sealer = new(VaultKeys.Ring(1));
    private readonly UpstreamLegs _legs;
    private string? _nonce;

    public UpstreamLegsTests()
    {
        _fake = new FakeProvider(_time);
        _legs = new UpstreamLegs(_fake.Client, _sealer, NullLogger<UpstreamLegs>.Instance);
        AnswerWith(() => _fake.IdToken(_nonce!));
    }

    public void Dispose() => _fake.Dispose();

    [Fact]
    public async Task The_redirect_carries_everything_the_protocol_wants_and_the_configured_extras()
    {
        var provider = Providers.Oidc() with
        {
            Scopes = ["email"],
            ResourceParameter = "https://api.example/",
            AuthorizationParameters = [new("access_type", "offline"), new("state", "fixed"), new("prompt", "consent & more")],
        };

        var (leg, _) = await _legs.StartAsync(provider, Callback, signIn: true, [], default);

        leg!.RedirectTo.GetLeftPart(UriPartial.Path).ShouldBe("https://idp.example/authorize");
        var query = Query(leg.RedirectTo);
        query["response_type"].ShouldBe("code");
        query["client_id"].ShouldBe("keyholder");
        query["redirect_uri"].ShouldBe(Callback);
        query["scope"].ShouldBe("email openid");
        query["code_challenge_method"].ShouldBe("S256");
        query["code_challenge"].Length.ShouldBe(43);
        query["nonce"].Length.ShouldBe(43);
        query["state"].Length.ShouldBe(43);
        query["resource"].ShouldBe("https://api.example/");
        query["access_type"].ShouldBe("offline");
        query["prompt"].ShouldBe("consent & more");
        leg.StateHash.ShouldBe(SHA256.HashData(Encoding.ASCII.GetBytes(query["state"])));
    }

    [Fact]
    public async Task Every_leg_has_its_own_state_nonce_and_verifier()
    {
        var legs = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _legs.StartAsync(Providers.Oidc(), Callback, true, [], default)));

        foreach (var name in new[] { "state", "nonce", "code_challenge" })
        {
            legs.Select(l => Query(l.Leg!.RedirectTo)[name]).Distinct().Count().ShouldBe(50);
        }
    }

    [Fact]
    public async Task A_configured_endpoint_keeps_its_own_query()
    {
        var provider = Providers.Configured() with { AuthorizationEndpoint = new Uri("https://github.example/authorize?tenant=1") };

        var (leg, _) = await _legs.StartAsync(provider, Callback, false, [], default);

        leg!.RedirectTo.AbsoluteUri.ShouldStartWith("https://github.example/authorize?tenant=1&response_type=code&");
        leg.RedirectTo.Query.ShouldNotContain("nonce");
    }

    [Fact]
    public async Task A_sign_in_needs_OpenID_Connect_and_usable_metadata()
    {
        (await _legs.StartAsync(Providers.Configured(), Callback, true, [], default)).ShouldBe((null, LegOutcome.Rejected));
        _fake.Metadata = null;
        (await _legs.StartAsync(Providers.Oidc(), Callback, true, [], default)).ShouldBe((null, LegOutcome.Rejected));
    }

    [Fact]
    public async Task A_sign_in_brings_tokens_and_the_proved_subject()
    {
        var (flow, leg) = await StartAsync(Providers.Oidc(), signIn: true);

        var completed = await CompleteAsync(Providers.Oidc(), flow, new LegCallback(Callback, "the-code", null, null));

        completed.Outcome.ShouldBe(LegOutcome.Succeeded);
        completed.Subject.ShouldBe("248289761001");
        completed.Tokens!.AccessToken.ShouldBe("at");
        var request = _fake.TokenRequests.ShouldHaveSingleItem();
        request.Uri.AbsoluteUri.ShouldBe("https://tokens.idp.example/token");
        request.Form["grant_type"].ShouldBe("authorization_code");
        request.Form["code"].ShouldBe("the-code");
        request.Form["redirect_uri"].ShouldBe(Callback);
        Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(request.Form["code_verifier"]))).ShouldBe(Query(leg.RedirectTo)["code_challenge"]);
        _fake.Guarded.Requests.ShouldContain(request);
    }

    [Theory]
    [InlineData("client_secret_basic", "a b:c", "p%&+ö")]
    [InlineData("client_secret_post", "id", "secret")]
    [InlineData("none", "id", null)]
    public async Task The_client_authenticates_as_configured(string method, string id, string? secret)
    {
        var provider = Providers.Configured() with { ClientAuthMethod = method, ClientId = id, ClientSecret = secret };
        var (flow, _) = await StartAsync(provider, signIn: false);
        await CompleteAsync(provider, flow, new LegCallback(Callback, "c", null, null));

        var request = _fake.TokenRequests.ShouldHaveSingleItem();
        if (method == "client_secret_basic")
        {
            Encoding.ASCII.GetString(Convert.FromBase64String(request.Authorization!["Basic ".Length..])).ShouldBe("a+b%3Ac:p%25%26%2B%C3%B6");
            request.Form.ShouldNotContainKey("client_id");
            request.Form.ShouldNotContainKey("client_secret");
        }
        else
        {
            request.Authorization.ShouldBeNull();
            request.Form["client_id"].ShouldBe(id);
            (request.Form.TryGetValue("client_secret", out var sent) ? sent : null).ShouldBe(secret);
        }
    }

    [Theory]
    [InlineData("https://evil.example", "code", null, false)]
    [InlineData("https://idp.example/", "code", null, false)]
    [InlineData("https://evil.example", null, "access_denied", false)]
    [InlineData(null, "code", null, true)]
    [InlineData(null, null, "access_denied", true)]
    public async Task A_callback_from_another_issuer_is_rejected_before_its_code_or_error_is_believed(string? issuer, string? code, string? error, bool advertised)
    {
        _fake.Metadata!["authorization_response_iss_parameter_supported"] = advertised;
        var (flow, _) = await StartAsync(Providers.Oidc(), signIn: true);

        (await CompleteAsync(Providers.Oidc(), flow, new LegCallback(Callback, code, issuer, error))).Outcome.ShouldBe(LegOutcome.MixedUp);

        _fake.TokenRequests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://keys.example/callback/google")]
    [InlineData("https://keys.example/callback/another")]
    [InlineData("https://keys.example/CALLBACK")]
    [InlineData("https://keys.example/callback/")]
    [InlineData("")]
    public async Task An_answer_at_another_redirect_URI_is_a_mix_up_that_nobody_is_asked_about(string arrived)
    {
        _fake.Metadata!["authorization_response_iss_parameter_supported"] = true;
        var (flow, _) = await StartAsync(Providers.Oidc(), signIn: true);
        using var elsewhere = new FakeProvider(_time);
        var legs = new UpstreamLegs(elsewhere.Client, _sealer, NullLogger<UpstreamLegs>.Instance);

        foreach (var answer in new[] { new LegCallback(arrived, "code", Providers.Issuer, null), new LegCallback(arrived, null, Providers.Issuer, "access_denied") })
        {
            (await legs.CompleteAsync(Providers.Oidc(), Callback, flow, answer, default)).Outcome.ShouldBe(LegOutcome.MixedUp);
            (await legs.CompleteAsync(Providers.Oidc(), arrived, flow, answer, default)).Outcome.ShouldBe(LegOutcome.MixedUp);
        }

        elsewhere.Guarded.Requests.ShouldBeEmpty();
        elsewhere.Trusted.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("access_denied", LegOutcome.Denied)]
    [InlineData("temporarily_unavailable", LegOutcome.Unavailable)]
    [InlineData("server_error", LegOutcome.Unavailable)]
    [InlineData("canary_error", LegOutcome.Rejected)]
    public async Task An_error_is_believed_over_a_code_and_never_repeated(string error, LegOutcome outcome)
    {
        var (flow, _) = await StartAsync(Providers.Oidc(), signIn: true);

        var completed = await CompleteAsync(Providers.Oidc(), flow, new LegCallback(Callback, "code", Providers.Issuer, error));

        completed.Outcome.ShouldBe(outcome);
        (completed.Debug ?? "").ShouldNotContain("canary");
        _fake.TokenRequests.ShouldBeEmpty();
    }

    public static TheoryData<string> Tampers() => ["provider", "state", "secrets", "purpose", "callback", "issuer", "client", "no-code"];

    [Theory]
    [MemberData(nameof(Tampers))]
    public async Task A_flow_that_does_not_fit_its_callback_is_rejected_before_any_exchange(string what)
    {
        var provider = Providers.Oidc();
        var (flow, _) = await StartAsync(provider, signIn: true);
        var (other, _) = await StartAsync(provider, signIn: true);
        var callback = Callback;
        var code = "code";
        switch (what)
        {
            case "provider": provider = provider with { Name = "another" }; break;
            case "state": flow = flow with { StateHash = other.StateHash }; break;
            case "secrets": flow = flow with { SealedSecrets = other.SealedSecrets }; break;
            case "purpose": flow = flow with { Purpose = ConnectionPurpose.Connect }; break;
            case "callback": callback += "/2"; break;
            case "issuer": provider = provider with { Issuer = "https://new.example" }; _fake.Metadata!["issuer"] = "https://new.example"; break;
            case "client": provider = provider with { ClientId = "another" }; break;
            default: code = ""; break;
        }

        (await _legs.CompleteAsync(provider, callback, flow, new LegCallback(Callback, code, null, null), default)).Outcome.ShouldBe(LegOutcome.Rejected);

        _fake.TokenRequests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://elsewhere.example/login/oauth/access_token")]
    [InlineData("https://github.example/login/oauth/access_token_v2")]
    public async Task A_code_for_a_provider_without_an_issuer_goes_to_no_token_endpoint_but_the_one_known_when_the_person_left(string endpoint)
    {
        var (flow, _) = await StartAsync(Providers.Configured(), signIn: false);
        var moved = Providers.Configured() with { TokenEndpoint = new Uri(endpoint) };

        (await CompleteAsync(moved, flow, new LegCallback(Callback, "code", null, null))).Outcome.ShouldBe(LegOutcome.Rejected);

        _fake.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sign_in_without_an_ID_token_is_rejected_and_a_connection_without_one_is_not()
    {
        AnswerWith(() => null);
        var (signIn, _) = await StartAsync(Providers.Oidc(), signIn: true);
        (await CompleteAsync(Providers.Oidc(), signIn, new LegCallback(Callback, "c", null, null))).ShouldSatisfyAllConditions(
            c => c.Outcome.ShouldBe(LegOutcome.Rejected),
            c => c.Tokens.ShouldBeNull());
        var (connect, _) = await StartAsync(Providers.Oidc(), signIn: false);

        var completed = await CompleteAsync(Providers.Oidc(), connect, new LegCallback(Callback, "c", null, null));

        completed.Outcome.ShouldBe(LegOutcome.Succeeded);
        completed.Subject.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ID_token_of_another_leg_is_rejected_for_sign_in_and_connection(bool signIn)
    {
        AnswerWith(() => _fake.IdToken("the nonce of another leg"));
        var (flow, _) = await StartAsync(Providers.Oidc(), signIn);

        var completed = await CompleteAsync(Providers.Oidc(), flow, new LegCallback(Callback, "c", null, null));

        completed.Outcome.ShouldBe(LegOutcome.Rejected);
        completed.Tokens.ShouldBeNull();
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, LegOutcome.Rejected)]
    [InlineData(HttpStatusCode.Unauthorized, LegOutcome.Rejected)]
    [InlineData(HttpStatusCode.ServiceUnavailable, LegOutcome.Unavailable)]
    [InlineData(HttpStatusCode.TooManyRequests, LegOutcome.Unavailable)]
    public async Task A_failed_exchange_ends_the_leg(HttpStatusCode status, LegOutcome outcome)
    {
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json("""{"error":"canary","error_description":"canary"}""", status));
        var (flow, _) = await StartAsync(Providers.Oidc(), signIn: true);

        var completed = await CompleteAsync(Providers.Oidc(), flow, new LegCallback(Callback, "c", null, null));

        completed.Outcome.ShouldBe(outcome);
        (completed.Debug ?? "").ShouldNotContain("canary");
    }

    private async Task<(ConnectionFlow Flow, StartedLeg Leg)> StartAsync(Provider provider, bool signIn)
    {
        var (leg, outcome) = await _legs.StartAsync(provider, Callback, signIn, [], default);
        outcome.ShouldBe(LegOutcome.Succeeded);
        _nonce = Query(leg!.RedirectTo).GetValueOrDefault("nonce");
        var flow = new ConnectionFlow
        {
            StateHash = leg.StateHash,
            Purpose = signIn ? ConnectionPurpose.SignIn : ConnectionPurpose.Connect,
            Provider = provider.Name,
            BrowserHash = [],
            AuthorizationRequestId = "request",
            SealedSecrets = leg.SealedSecrets,
            CreatedAt = _time.GetUtcNow(),
            ExpiresAt = _time.GetUtcNow().AddMinutes(10),
        };
        return (flow, leg);
    }

    private Task<CompletedLeg> CompleteAsync(Provider provider, ConnectionFlow flow, LegCallback callback) =>
        _legs.CompleteAsync(provider, Callback, flow, callback, default);

    private void AnswerWith(Func<string?> idToken) => _fake.Token = _ =>
        Task.FromResult(ScriptedHandler.Json(idToken() is { } token
            ? $$"""{"access_token":"at","token_type":"Bearer","refresh_token":"rt","id_token":"{{token}}"}"""
            : """{"access_token":"at","token_type":"Bearer"}"""));

    private static Dictionary<string, string> Query(Uri uri) => uri.Query.TrimStart('?').Split('&')
        .Select(pair => pair.Split('='))
        .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));
}
