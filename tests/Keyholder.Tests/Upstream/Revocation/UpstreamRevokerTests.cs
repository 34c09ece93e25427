using System.Net;
using System.Web;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream.Revocation;

/// <summary>The outbox on a real database, worked off against a scripted provider.</summary>
public sealed class UpstreamRevokerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _logs = new();
    private FakeProvider _provider = null!;
    private SqliteStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, default);
        _provider = new FakeProvider(_time) { Token = _ => Task.FromResult(ScriptedHandler.Status(HttpStatusCode.OK)) };
        _provider.Metadata!["revocation_endpoint"] = "https://tokens.idp.example/revoke";
    }

    public async ValueTask DisposeAsync()
    {
        _provider.Dispose();
        _logs.Dispose();
        await _storage.DisposeAsync();
    }

    [Fact]
    public async Task Both_tokens_of_an_ended_session_are_revoked_by_Keyholders_own_client()
    {
        await EndSessionAsync();

        await Revoker().RunOnceAsync(default);

        var sent = _provider.TokenRequests.Select(request => HttpUtility.ParseQueryString(request.Body)).ToList();
        sent.Select(form => (form["token"], form["token_type_hint"])).ShouldBe([("canary-refresh", "refresh_token"), ("canary-access", "access_token")]);
        _provider.TokenRequests.ShouldAllBe(request => request.Uri.AbsolutePath == "/revoke" && request.Authorization!.StartsWith("Basic "));
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Revoked, 1));
        var audited = (await _storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.CredentialRevokedUpstream, Limit = 9 }, default)).ShouldHaveSingleItem().Event;
        (audited.Actor, audited.Reason).ShouldBe(("system", "revoked"));
        audited.Target.ShouldStartWith("credential:session:");
        await Revoker().RunOnceAsync(default);
        _provider.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_fails_for_now_is_tried_again_when_the_provider_wants_it_and_no_sooner()
    {
        await EndSessionAsync();
        var answers = new Queue<HttpResponseMessage>([Unavailable(), Unavailable()]);
        _provider.Token = _ => Task.FromResult(answers.TryDequeue(out var answer) ? answer : ScriptedHandler.Status(HttpStatusCode.OK));

        await Revoker().RunOnceAsync(default);
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Pending, UpstreamRevocationReasons.Unavailable, 1));
        _time.Advance(TimeSpan.FromSeconds(119));
        await Revoker().RunOnceAsync(default);
        _provider.TokenRequests.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(11));
        await Revoker().RunOnceAsync(default);
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Pending, UpstreamRevocationReasons.Unavailable, 2));
        _time.Advance(TimeSpan.FromSeconds(130));
        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Revoked, 3));
    }

    [Fact]
    public async Task It_is_given_up_after_so_many_attempts_and_says_so_without_the_secret()
    {
        await EndSessionAsync();
        _provider.Token = _ => Task.FromResult(ScriptedHandler.Json("""{"error":"canary-refresh"}""", HttpStatusCode.InternalServerError));

        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await Revoker(attempts: 3).RunOnceAsync(default);
            _time.Advance(TimeSpan.FromHours(1));
        }

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Failed, UpstreamRevocationReasons.Unavailable, 3));
        _provider.TokenRequests.Count.ShouldBe(3);
        (await _storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.CredentialNotRevokedUpstream, Limit = 9 }, default)).ShouldHaveSingleItem();
        _logs.Lines.ShouldContain(line => line.StartsWith("Warning") && line.Contains("[1521]"));
        _logs.ToString().ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_node_that_dies_with_a_claim_leaves_it_to_another()
    {
        await EndSessionAsync();
        using var dying = new CancellationTokenSource();
        _provider.Token = _ =>
        {
            dying.Cancel();
            return new TaskCompletionSource<HttpResponseMessage>().Task;
        };
        await Should.ThrowAsync<OperationCanceledException>(() => Revoker().RunOnceAsync(dying.Token));
        _provider.Token = _ => Task.FromResult(ScriptedHandler.Status(HttpStatusCode.OK));

        await Revoker().RunOnceAsync(default);
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Pending, null, 1));
        _time.Advance(TimeSpan.FromMinutes(10));
        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Revoked, 2));
    }

    [Fact]
    public async Task Many_nodes_at_once_ask_the_provider_once_for_each_token()
    {
        for (var i = 0; i < 50; i++)
        {
            await EndSessionAsync(account: "account-" + i);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Revoker().RunOnceAsync(default))));

        _provider.TokenRequests.Count.ShouldBe(100);
        (await _storage.UpstreamRevocations.ListAsync(new() { Limit = 99, Status = UpstreamRevocationStatus.Done }, default)).Count.ShouldBe(50);
    }

    [Fact]
    public async Task An_account_that_another_credential_uses_is_left_alone()
    {
        await Vault().StoreAsync(new(new(CredentialOwnerKind.User, "u1"), "github"), Tokens(), "4711", null, default);
        await EndSessionAsync();

        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.AccountInUse, 1));
        _provider.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_anything_alive_nothing_is_asked_and_an_access_token_alone_is_revoked_too()
    {
        await EndSessionAsync(Tokens() with { RefreshToken = null, ExpiresAt = _time.GetUtcNow() });
        await Revoker().RunOnceAsync(default);
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Expired, 1));
        _provider.TokenRequests.ShouldBeEmpty();

        await EndSessionAsync(Tokens() with { RefreshToken = null, ExpiresAt = null });
        await Revoker().RunOnceAsync(default);
        HttpUtility.ParseQueryString(_provider.TokenRequests.ShouldHaveSingleItem().Body)["token"].ShouldBe("canary-access");
    }

    [Fact]
    public async Task A_provider_that_revokes_no_access_tokens_has_done_its_part_with_the_refresh_token()
    {
        await EndSessionAsync();
        _provider.Token = request => Task.FromResult(request.Body.Contains("access_token", StringComparison.Ordinal)
            ? ScriptedHandler.Json("""{"error":"unsupported_token_type"}""", HttpStatusCode.BadRequest)
            : ScriptedHandler.Status(HttpStatusCode.OK));

        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Revoked, 1));
    }

    [Fact]
    public async Task A_provider_without_the_endpoint_is_given_up_and_one_that_is_not_configured_is_waited_for()
    {
        _provider.Metadata!.Remove("revocation_endpoint");
        await EndSessionAsync();

        await Revoker(providers: []).RunOnceAsync(default);
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Pending, UpstreamRevocationReasons.ProviderUnknown, 1));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Failed, UpstreamRevocationReasons.NoEndpoint, 2));
        _provider.TokenRequests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("another-client", null)]
    [InlineData(null, "https://another-server.example")]
    public async Task Tokens_of_another_client_or_another_server_are_shown_to_nobody(string? clientId, string? issuer)
    {
        await EndSessionAsync(Tokens() with { ClientId = clientId, Issuer = issuer });

        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Failed, UpstreamRevocationReasons.ClientChanged, 1));
        _provider.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_envelope_no_key_opens_waits_for_its_key_and_one_that_was_swapped_is_given_up()
    {
        await EndSessionAsync();
        await Revoker(key: 2).RunOnceAsync(default);
        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Pending, UpstreamRevocationReasons.UnknownKey, 1));

        _time.Advance(TimeSpan.FromMinutes(1));
        await _storage.Database.WriteAsync(connection => connection.Execute("UPDATE upstream_revocations SET owner_id = 'another'"), default);
        await Revoker().RunOnceAsync(default);

        (await SingleAsync()).ShouldBe((UpstreamRevocationStatus.Failed, UpstreamRevocationReasons.Tampered, 2));
        _provider.TokenRequests.ShouldBeEmpty();
    }

    private UpstreamRevoker Revoker(int attempts = 12, int key = 1, IReadOnlyList<Provider>? providers = null) => new(
        _storage.UpstreamRevocations,
        _provider.Client,
        new ConfiguredResources(new ResourceSnapshot([], providers ?? [Providers.OAuth2()])),
        new EnvelopeSealer(VaultKeys.Ring(key)),
        new UpstreamOptions { RevocationAttempts = attempts },
        _time,
        LoggerFactory.Create(builder => builder.AddProvider(_logs)).CreateLogger<UpstreamRevoker>());

    private CredentialVault Vault() => new(_storage.Credentials, _storage.CredentialRefreshes, _storage.Audit, new EnvelopeSealer(VaultKeys.Ring(1)), _time, NullLogger<CredentialVault>.Instance);

    private TokenSet Tokens() => new() { AccessToken = "canary-access", TokenType = "Bearer", RefreshToken = "canary-refresh", ExpiresAt = _time.GetUtcNow().AddDays(1) };

    private async Task EndSessionAsync(TokenSet? tokens = null, string account = "4711")
    {
        var now = _time.GetUtcNow();
        var session = Sample.Session(now);
        var request = Sample.Request(now, Keyholder.Authorization.AuthorizationPhase.Upstream) with { SessionId = session.Id };
        await _storage.AuthorizationRequests.AddAsync(request, default);
        await _storage.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(now, AuditActions.SessionCreated), now, default);
        await Vault().StoreAsync(new(CredentialOwner.Of(session.Subject), "github"), tokens ?? Tokens(), account, new CredentialBinding(session.Subject, session.ClientId), default);
        (await _storage.Sessions.RevokeAsync(session.Id, RevocationReasons.Operator, Sample.Revocation(session.Id, now), Sample.Audit(now, AuditActions.SessionRevoked), now, default))
            .ShouldBe(SessionRevokeOutcome.Revoked);
    }

    // The newest.
    private async Task<(UpstreamRevocationStatus Status, string? Reason, int Attempts)> SingleAsync()
    {
        var row = (await _storage.UpstreamRevocations.ListAsync(new() { Limit = 1 }, default)).ShouldHaveSingleItem();
        return (row.Status, row.Reason, row.Attempts);
    }

    private static HttpResponseMessage Unavailable()
    {
        var response = ScriptedHandler.Status(HttpStatusCode.ServiceUnavailable);
        response.Headers.TryAddWithoutValidation("Retry-After", "120");
        return response;
    }
}
