using System.Net;
using DemoUpstream;
using DemoUpstream.Control;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Upstream;

/// <summary>The whole upstream side over real connections and real storage, against a provider that misbehaves on demand.</summary>
public sealed class DemoProviderLegTests : IAsyncLifetime
{
    private const string Callback = "https://keys.example/callback";
    private static readonly CredentialKey Person3 = new(new CredentialOwner(CredentialOwnerKind.User, "person3"), "demo");
    private readonly ManualTimeProvider _time = new();
    private readonly EnvelopeSealer _sealer = new(VaultKeys.Ring(1));
    private readonly UpstreamOptions _options = new() { MaxResponseBytes = 64 * 1024 };
    private readonly LogCapture _captured = new();
    private readonly ILoggerFactory _logs;
    private DemoUpstreamApp _demo = null!;
    private SqliteStorage _storage = null!;
    private GuardedHttp _http = null!;
    private UpstreamLegs _legs = null!;
    private CredentialVault _vault = null!;
    private UpstreamAuthorizer _authorizer = null!;

    public DemoProviderLegTests() => _logs = LoggerFactory.Create(logging => logging.AddProvider(_captured).SetMinimumLevel(LogLevel.Trace));

    public async ValueTask InitializeAsync()
    {
        _demo = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) }, _time);
        _storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, default);
        _http = new GuardedHttp(_options, new SystemHostResolver(), _time);
        var client = new UpstreamClient(_http, _options, _time);
        _legs = new UpstreamLegs(client, _sealer, _logs.CreateLogger<UpstreamLegs>());
        _vault = new CredentialVault(_storage.Credentials, _storage.CredentialRefreshes, _storage.Audit, _sealer, _time, _logs.CreateLogger<CredentialVault>());
        _authorizer = new UpstreamAuthorizer(_vault, _storage.CredentialRefreshes, _storage.CredentialRefusals, client, _options, _time, _logs.CreateLogger<UpstreamAuthorizer>());
    }

    public async ValueTask DisposeAsync()
    {
        _authorizer.Dispose();
        _http.Dispose();
        await _storage.DisposeAsync();
        await _demo.DisposeAsync();
        _logs.Dispose();

        // Whatever a test did, nothing secret was logged.
        foreach (var secret in new[] { "demo_at_", "demo_rt_", "demo-client-secret", "eyJ", "demo_ac_" })
        {
            _captured.ToString().ShouldNotContain(secret, Case.Sensitive);
        }
    }

    [Fact]
    public async Task A_person_signs_in_and_is_who_the_provider_says()
    {
        var completed = await WalkAsync(signIn: true);

        completed.Outcome.ShouldBe(LegOutcome.Succeeded);
        completed.Subject.ShouldBe("demo-account-1");
        completed.Tokens!.RefreshToken.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(IdTokenFault.WrongNonce)]
    [InlineData(IdTokenFault.MissingNonce)]
    [InlineData(IdTokenFault.WrongAudience)]
    [InlineData(IdTokenFault.WrongIssuer)]
    [InlineData(IdTokenFault.Expired)]
    [InlineData(IdTokenFault.WrongKey)]
    [InlineData(IdTokenFault.NoSignature)]
    public async Task A_bad_ID_token_signs_nobody_in(IdTokenFault fault)
    {
        _demo.Switches = _demo.Switches with { IdTokenFault = fault };

        (await WalkAsync(signIn: true)).ShouldSatisfyAllConditions(c => c.Outcome.ShouldBe(LegOutcome.Rejected), c => c.Tokens.ShouldBeNull());
    }

    [Fact]
    public async Task Metadata_of_another_issuer_or_without_PKCE_starts_no_leg()
    {
        _demo.Switches = _demo.Switches with { WrongMetadataIssuer = true };
        (await _legs.StartAsync(Provider, Callback, true, [], default)).Outcome.ShouldBe(LegOutcome.Rejected);
        _time.Advance(_options.FailureBackoff + _options.MetadataLifetime);
        _demo.Switches = _demo.Switches with { WrongMetadataIssuer = false, OmitPkceSupport = true };

        (await _legs.StartAsync(Provider, Callback, true, [], default)).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_callback_that_names_no_or_another_issuer_redeems_no_code(bool wrong)
    {
        _demo.Switches = _demo.Switches with { WrongAuthorizationIssuer = wrong, OmitAuthorizationIssuer = !wrong };

        (await WalkAsync(signIn: true)).Outcome.ShouldBe(LegOutcome.MixedUp);

        _demo.Counters[DemoCounter.TokenRequests].ShouldBe(0);
    }

    [Fact]
    public async Task A_refusal_of_the_person_is_a_denial()
    {
        _demo.Switches = _demo.Switches with { DenyAuthorization = true };

        (await WalkAsync(signIn: true)).Outcome.ShouldBe(LegOutcome.Denied);
    }

    [Theory]
    [InlineData(TokenFault.ServerError, LegOutcome.Unavailable)]
    [InlineData(TokenFault.RateLimited, LegOutcome.Unavailable)]
    [InlineData(TokenFault.Disconnect, LegOutcome.Unavailable)]
    [InlineData(TokenFault.InvalidGrant, LegOutcome.Rejected)]
    [InlineData(TokenFault.Html, LegOutcome.Rejected)]
    [InlineData(TokenFault.GarbageJson, LegOutcome.Rejected)]
    [InlineData(TokenFault.HugeBody, LegOutcome.Rejected)]
    public async Task A_token_endpoint_that_misbehaves_gives_no_tokens(TokenFault fault, LegOutcome outcome)
    {
        _demo.Switches = _demo.Switches with { TokenFault = fault };

        (await WalkAsync(signIn: true)).ShouldSatisfyAllConditions(c => c.Outcome.ShouldBe(outcome), c => c.Tokens.ShouldBeNull());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_requests_with_an_expired_token_cost_one_refresh(bool rotating)
    {
        _demo.Switches = _demo.Switches with { RotateRefreshTokens = rotating };
        await ConnectAsync();
        _time.Advance(TimeSpan.FromMinutes(11));

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(AuthorizeAsync)));

        answers.ShouldAllBe(a => a.Outcome == UpstreamAuthorizationOutcome.Available);
        answers.Select(a => a.Headers[0].Value).Distinct().Count().ShouldBe(1);
        _demo.Counters[DemoCounter.Refreshes].ShouldBe(1);
        _demo.Counters[DemoCounter.RefreshTokenReuses].ShouldBe(0);
        (await IsAcceptedAsync(answers[0])).ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_the_upstream_no_longer_accepts_is_replaced_by_one_it_does()
    {
        await ConnectAsync();
        var first = await AuthorizeAsync();
        _demo.ExpireAccessTokens();
        (await IsAcceptedAsync(first)).ShouldBeFalse();

        var second = await _authorizer.ReauthorizeAsync(Resource, AccessToken, first, default);

        (await IsAcceptedAsync(second)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(TokenFault.ServerError)]
    [InlineData(TokenFault.RateLimited)]
    [InlineData(TokenFault.Html)]
    [InlineData(TokenFault.GarbageJson)]
    [InlineData(TokenFault.HugeBody)]
    [InlineData(TokenFault.Disconnect)]
    public async Task A_provider_that_recovers_finds_the_credential_alive(TokenFault fault)
    {
        await ConnectAsync();
        _time.Advance(TimeSpan.FromMinutes(11));
        _demo.Switches = _demo.Switches with { TokenFault = fault, TokenFaultTimes = 1 };
        var refused = await AuthorizeAsync();
        refused.Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(fault == TokenFault.RateLimited ? 7 : 5));

        _time.Advance(refused.RetryAfter!.Value);

        (await IsAcceptedAsync(await AuthorizeAsync())).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lost_answer_of_a_rotating_provider_ends_in_a_new_connection_and_not_in_a_loop()
    {
        _demo.Switches = _demo.Switches with { RotateRefreshTokens = true };
        await ConnectAsync();
        _time.Advance(TimeSpan.FromMinutes(11));
        _demo.Switches = _demo.Switches with { TokenFault = TokenFault.LoseAnswer, TokenFaultTimes = 1 };
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        _time.Advance(_options.FailureBackoff);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _demo.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(2);
        (await _vault.NeedsConnectionAsync(Person3, "github", default)).ShouldBeTrue();
        await ConnectAsync();
        (await IsAcceptedAsync(await AuthorizeAsync())).ShouldBeTrue();
    }

    private Provider Provider => Providers.Oidc() with
    {
        Name = "demo",
        Issuer = _demo.BaseAddress,
        ClientId = "demo-client",
        ClientSecret = "demo-client-secret",
        Scopes = ["openid", "mcp"],
    };

    private Resource Resource => AuthorizerFixture.Resource with { Providers = [new(Provider)] };

    private AccessToken AccessToken => new()
    {
        Id = "jti",
        SessionId = SessionId.Create(),
        Subject = Subject.User("person3"),
        ClientId = "client",
        Audience = Resource.Uri,
        Scopes = ["repo"],
        IssuedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow().AddMinutes(10),
        AuthenticatedAt = _time.GetUtcNow(),
    };

    private async Task<CompletedLeg> WalkAsync(bool signIn)
    {
        var (leg, outcome) = await _legs.StartAsync(Provider, Callback, signIn, [], default);
        outcome.ShouldBe(LegOutcome.Succeeded);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var redirect = await browser.GetAsync(leg!.RedirectTo);
        var query = QueryHelpers.ParseQuery(redirect.Headers.Location!.Query).ToDictionary(p => p.Key, p => p.Value.ToString());
        var flow = new ConnectionFlow
        {
            StateHash = leg.StateHash,
            Purpose = signIn ? ConnectionPurpose.SignIn : ConnectionPurpose.Connect,
            Provider = "demo",
            BrowserHash = [],
            AuthorizationRequestId = "request",
            SealedSecrets = leg.SealedSecrets,
            CreatedAt = _time.GetUtcNow(),
            ExpiresAt = _time.GetUtcNow().AddMinutes(10),
        };
        var response = new LegCallback(Callback, query.GetValueOrDefault("code"), query.GetValueOrDefault("iss"), query.GetValueOrDefault("error"));
        return await _legs.CompleteAsync(Provider, Callback, flow, response, default);
    }

    private async Task ConnectAsync()
    {
        var completed = await WalkAsync(signIn: false);
        await _vault.StoreAsync(Person3, completed.Tokens.ShouldNotBeNull(), completed.Subject, null, default);
    }

    private Task<UpstreamAuthorization> AuthorizeAsync() => _authorizer.AuthorizeAsync(Resource, AccessToken, default).AsTask();

    private async Task<bool> IsAcceptedAsync(UpstreamAuthorization authorization)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_demo.BaseAddress) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo");
        foreach (var (name, value) in authorization.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK;
    }
}
