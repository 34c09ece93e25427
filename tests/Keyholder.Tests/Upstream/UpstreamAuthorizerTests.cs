using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

public sealed class UpstreamAuthorizerTests : IDisposable
{
    internal static readonly Resource Resource = new()
    {
        Name = "github",
        Uri = "https://keys.example/mcp/github",
        DisplayName = "GitHub",
        Upstream = new Uri("https://mcp.github.example/"),
        Auth = ResourceAuthKind.UserOAuth,
        Providers = [new(Providers.Configured())],
        Scopes = [new ResourceScope("repo", "Read repositories")],
        DefaultScopes = ["repo"],
        RequiredScopes = [],
        MaxRequestBodyBytes = 1024,
        ActivityTimeout = TimeSpan.FromMinutes(1),
        EndStreamsAtTokenExpiry = false,
        MetadataUri = "https://keys.example/.well-known/oauth-protected-resource/mcp/github",
    };

    private static readonly SessionId Session = SessionId.Create();
    private static readonly CredentialKey Person3 = new(new CredentialOwner(CredentialOwnerKind.User, "person3"), "github");
    private readonly ManualTimeProvider _time = new();
    private readonly FakeCredentialStore _store = new();
    private readonly FakeProvider _fake;
    private readonly CredentialVault _vault;
    private readonly UpstreamAuthorizer _authorizer;
    private int _issued = 1;

    public UpstreamAuthorizerTests()
    {
        _fake = new FakeProvider(_time);
        _vault = new CredentialVault(_store, _store, new EnvelopeSealer(VaultKeys.Ring(1)), _time, NullLogger<CredentialVault>.Instance);
        _authorizer = new UpstreamAuthorizer(_vault, _fake.Client, _fake.Options, _time, NullLogger<UpstreamAuthorizer>.Instance);
        _fake.Token = _ => Task.FromResult(Issue());
    }

    public void Dispose()
    {
        _authorizer.Dispose();
        _fake.Dispose();
    }

    [Fact]
    public async Task A_resource_without_credential_gets_nothing_and_one_with_fixed_headers_the_same_object_again()
    {
        (await AuthorizeAsync(Resource with { Auth = ResourceAuthKind.None, Providers = [] })).ShouldBeSameAs(UpstreamAuthorization.Nothing);
        var fixedHeaders = Resource with { Auth = ResourceAuthKind.StaticHeaders, Providers = [], StaticHeaders = [new("X-Api-Key", "k")] };

        var first = await AuthorizeAsync(fixedHeaders);

        first.Headers.ShouldBe([new("X-Api-Key", "k")]);
        (await AuthorizeAsync(fixedHeaders)).ShouldBeSameAs(first);
        _store.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task A_warm_credential_is_the_same_object_without_any_read()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var first = await AuthorizeAsync();
        var reads = _store.Reads;

        for (var i = 0; i < 100; i++)
        {
            (await AuthorizeAsync()).ShouldBeSameAs(first);
        }

        first.Headers.ShouldBe([new("Authorization", "Bearer access-1")]);
        first.Used.ShouldBe([new CredentialUse(Person3, 1)]);
        _store.Reads.ShouldBe(reads);
        first.ToString().ShouldNotContain("access-1");
    }

    [Fact]
    public async Task Nobody_gets_another_owners_credential()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await AuthorizeAsync();

        (await AuthorizeAsync(Resource, Subject.User("person2"))).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync(Resource, new Subject(SubjectKind.VirtualKey, "person3"))).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync(Resource with { Providers = [new(Providers.Configured() with { Name = "gitlab" })] })).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    [Fact]
    public async Task What_the_vault_deletes_or_replaces_is_not_served_again()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await AuthorizeAsync();
        await _vault.StoreAsync(Person3, Tokens("2", TimeSpan.FromHours(1)), null, default);
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");

        await _vault.DeleteAsync(Person3, default);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    [Fact]
    public async Task A_change_while_the_row_is_being_read_is_not_forgotten()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var warm = new WarmCredentials(10, _time);
        var ticket = warm.Ticket(Person3);
        warm.Forget(Person3);

        warm.Put(Person3, ticket, CredentialAuthorization.ReconnectRequired, _time.GetUtcNow().AddMinutes(1));

        warm.TryGet(Person3, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_by_another_process_is_noticed_after_the_maximum_age()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await AuthorizeAsync();
        var elsewhere = new CredentialVault(_store, _store, new EnvelopeSealer(VaultKeys.Ring(1)), _time, NullLogger<CredentialVault>.Instance);
        await elsewhere.DeleteAsync(Person3, default);

        _time.Advance(CredentialRefresher.MaxAge);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    [Fact]
    public async Task A_hundred_callers_refresh_once()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();

        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => AuthorizeAsync())).ToList();
        await gate.Reached;
        gate.Open();

        (await Task.WhenAll(callers)).ShouldAllBe(a => Bearer(a) == "access-2");
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
        var request = _fake.TokenRequests.ShouldHaveSingleItem();
        request.Form["grant_type"].ShouldBe("refresh_token");
        request.Form["refresh_token"].ShouldBe("refresh-1");
        _store[Person3].Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_hundred_rejections_of_one_version_refresh_once()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var rejected = await AuthorizeAsync();
        var gate = Hold();

        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => ReauthorizeAsync(rejected))).ToList();
        await gate.Reached;
        gate.Open();

        (await Task.WhenAll(callers)).ShouldAllBe(a => Bearer(a) == "access-2");
        Bearer(await ReauthorizeAsync(rejected)).ShouldBe("access-2");
        _fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_callers_cancellation_cancels_neither_the_refresh_nor_the_others()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();
        using var cancel = new CancellationTokenSource();
        var first = _authorizer.AuthorizeAsync(Resource, Token(Subject.User("person3")), cancel.Token).AsTask();
        await gate.Reached;
        var second = AuthorizeAsync();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);

        gate.Open();

        Bearer(await second).ShouldBe("access-2");
        _fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_is_refreshed_before_it_expires_and_a_short_lived_one_not_at_every_request()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(9) - TimeSpan.FromSeconds(1));
        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        _time.Advance(TimeSpan.FromSeconds(1));
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");

        await _vault.StoreAsync(Person3, Tokens("short", TimeSpan.FromSeconds(30)), null, default);
        Bearer(await AuthorizeAsync()).ShouldBe("access-short");
        _fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_without_expiry_is_never_refreshed_unasked()
    {
        await StoreAsync(null);
        _time.Advance(TimeSpan.FromDays(400));

        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        _fake.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_new_refresh_token_or_scope_keeps_the_old()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json("""{"access_token":"access-2","token_type":"bearer","expires_in":600}"""));

        await AuthorizeAsync();

        var tokens = (await _vault.FindAsync(Person3, default)).Tokens!;
        tokens.AccessToken.ShouldBe("access-2");
        tokens.RefreshToken.ShouldBe("refresh-1");
        tokens.Scope.ShouldBe("repo");
    }

    [Fact]
    public async Task A_dead_grant_is_marked_and_audited_and_never_tried_again()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        Answer(HttpStatusCode.BadRequest, """{"error":"invalid_grant","error_description":"canary"}""");

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _fake.TokenRequests.Count.ShouldBe(1);
        _store[Person3].Status.ShouldBe(CredentialStatus.NeedsReauth);
        _store[Person3].StatusReason.ShouldBe("invalid_grant");
        _store.Events[^1].Action.ShouldBe(AuditActions.CredentialNeedsReauth);
        (await _vault.NeedsConnectionAsync(Person3, default)).ShouldBeTrue();
    }

    public static TheoryData<int, string> Transients() => new()
    {
        { 500, "" },
        { 503, """{"error":"invalid_grant"}""" },
        { 429, "" },
        { 401, """{"error":"invalid_client"}""" },
        { 401, "" },
        { 200, "<html>" },
        { 400, """{"error":"whatever"}""" },
        { 0, "" },
    };

    [Theory]
    [MemberData(nameof(Transients))]
    public async Task A_transient_failure_serves_what_is_still_valid_and_never_ends_the_credential(int status, string body)
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(9.5));
        Answer((HttpStatusCode)status, body);

        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        _fake.TokenRequests.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromMinutes(1));
        var expired = await AuthorizeAsync();
        expired.Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        expired.RetryAfter.ShouldBe(_fake.Options.FailureBackoff);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        _fake.TokenRequests.Count.ShouldBe(2);
        _store[Person3].Status.ShouldBe(CredentialStatus.Active);

        _fake.Token = _ => Task.FromResult(Issue());
        _time.Advance(_fake.Options.FailureBackoff);
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
    }

    [Fact]
    public async Task A_named_wait_is_honoured()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        _fake.Token = _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", "90");
            return Task.FromResult(response);
        };

        (await AuthorizeAsync()).RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
        _time.Advance(TimeSpan.FromSeconds(89));
        (await AuthorizeAsync()).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        _fake.TokenRequests.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AuthorizeAsync();
        _fake.TokenRequests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false, "expired_without_refresh_token")]
    [InlineData(true, "rejected_without_refresh_token")]
    public async Task Without_a_refresh_token_the_end_is_the_end(bool rejected, string reason)
    {
        await _vault.StoreAsync(Person3, Tokens("1", TimeSpan.FromMinutes(10), refreshable: false), null, default);
        _time.Advance(TimeSpan.FromMinutes(9.5));
        var served = await AuthorizeAsync();
        Bearer(served).ShouldBe("access-1");
        _time.Advance(TimeSpan.FromMinutes(rejected ? 0 : 1));

        (rejected ? await ReauthorizeAsync(served) : await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _store[Person3].StatusReason.ShouldBe(reason);
    }

    [Fact]
    public async Task A_rejected_token_is_not_served_even_when_its_refresh_fails()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var rejected = await AuthorizeAsync();
        Answer(HttpStatusCode.BadGateway, "");

        (await ReauthorizeAsync(rejected)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        _store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task An_upstream_that_rejects_every_token_does_not_cost_a_refresh_per_request()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var rejected = await AuthorizeAsync();
        await ReauthorizeAsync(rejected);
        rejected = await AuthorizeAsync();

        (await ReauthorizeAsync(rejected)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        (await ReauthorizeAsync(rejected)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        _fake.TokenRequests.Count.ShouldBe(1);
        _time.Advance(_fake.Options.FailureBackoff);
        Bearer(await ReauthorizeAsync(rejected)).ShouldBe("access-3");
    }

    [Fact]
    public async Task A_token_that_is_refused_although_it_was_issued_just_now_ends_the_credential()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var renewed = await ReauthorizeAsync(await AuthorizeAsync());

        (await ReauthorizeAsync(renewed)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _fake.TokenRequests.Count.ShouldBe(1);
        _store[Person3].StatusReason.ShouldBe("rejected_after_refresh");
    }

    [Fact]
    public async Task A_refused_token_does_not_end_a_credential_that_was_connected_meanwhile()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var renewed = await ReauthorizeAsync(await AuthorizeAsync());
        await _vault.StoreAsync(Person3, Tokens("new", TimeSpan.FromHours(1)), null, default);

        Bearer(await ReauthorizeAsync(renewed)).ShouldBe("access-new");
    }

    [Fact]
    public async Task A_connection_made_while_the_refresh_was_under_way_wins()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();
        var pending = AuthorizeAsync();
        await gate.Reached;
        await _vault.StoreAsync(Person3, Tokens("new-account", TimeSpan.FromHours(1)), "2", default);

        gate.Open();

        Bearer(await pending).ShouldBe("access-new-account");
        Bearer(await AuthorizeAsync()).ShouldBe("access-new-account");
        _store[Person3].ProviderSubject.ShouldBe("2");
    }

    [Fact]
    public async Task A_connection_made_while_the_refresh_was_refused_is_not_marked()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest);
        var pending = AuthorizeAsync();
        await gate.Reached;
        await _vault.StoreAsync(Person3, Tokens("new", TimeSpan.FromHours(1)), "1", default);

        gate.Open();

        Bearer(await pending).ShouldBe("access-new");
        _store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task A_deletion_while_the_refresh_was_under_way_stays_a_deletion()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();
        var pending = AuthorizeAsync();
        await gate.Reached;
        await _vault.DeleteAsync(Person3, default);

        gate.Open();

        (await pending).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await _vault.FindAsync(Person3, default)).Outcome.ShouldBe(CredentialFindOutcome.Missing);
    }

    [Fact]
    public async Task A_rotated_token_set_that_cannot_be_stored_ends_the_credential()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        _store.BeforeWrite = operation => FailOn(operation, "put");

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _store[Person3].StatusReason.ShouldBe("rotated_not_stored");
    }

    [Fact]
    public async Task An_unrotated_token_set_that_cannot_be_stored_is_served()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(11));
        _store.BeforeWrite = operation => FailOn(operation, "put");
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json("""{"access_token":"access-2","expires_in":600}"""));

        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");

        _fake.TokenRequests.Count.ShouldBe(1);
        _store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task A_store_that_fails_is_an_exception_and_never_a_reason_to_connect_again()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        _store.BeforeRead = () => throw new IOException("the disk is gone");
        await Should.ThrowAsync<IOException>(() => AuthorizeAsync());
        _store.BeforeRead = null;
        _time.Advance(TimeSpan.FromMinutes(11));
        _store.BeforeWrite = _ => throw new IOException("the disk is gone");
        await Should.ThrowAsync<IOException>(() => AuthorizeAsync());
        _store.BeforeWrite = null;

        _store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Theory]
    [InlineData("248289761001", UpstreamAuthorizationOutcome.Available)]
    [InlineData("another", UpstreamAuthorizationOutcome.ReconnectRequired)]
    public async Task A_refresh_that_answers_for_another_account_ends_the_credential(string subject, UpstreamAuthorizationOutcome outcome)
    {
        await _vault.StoreAsync(Person3, Tokens("1", TimeSpan.FromMinutes(10)), "248289761001", default);
        _time.Advance(TimeSpan.FromMinutes(11));
        _fake.Token = _ => Task.FromResult(ScriptedHandler.Json(
            $$"""{"access_token":"access-2","id_token":"{{_fake.IdToken("n", c => c["sub"] = subject)}}"}"""));

        (await AuthorizeAsync()).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task A_row_that_was_tampered_with_is_not_served()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        _store[Person3] = _store[Person3] with { ProviderSubject = "someone else" };

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _store.Events[^1].Action.ShouldBe(AuditActions.CredentialRefused);
    }

    [Fact]
    public void The_memory_of_warm_credentials_is_bounded()
    {
        var warm = new WarmCredentials(10, _time);
        for (var i = 0; i < 100; i++)
        {
            var key = Person3 with { Provider = $"p{i}" };
            warm.Put(key, warm.Ticket(key), CredentialAuthorization.ReconnectRequired, _time.GetUtcNow().AddMinutes(1));
        }

        Enumerable.Range(0, 100).Count(i => warm.TryGet(Person3 with { Provider = $"p{i}" }, out _)).ShouldBeInRange(1, 10);
    }

    private static void FailOn(string operation, string failing)
    {
        if (operation == failing)
        {
            throw new IOException("the disk is full");
        }
    }

    private Task StoreAsync(TimeSpan? lifetime) => _vault.StoreAsync(Person3, Tokens("1", lifetime), null, default);

    private TokenSet Tokens(string name, TimeSpan? lifetime, bool refreshable = true) => new()
    {
        AccessToken = "access-" + name,
        TokenType = "Bearer",
        RefreshToken = refreshable ? "refresh-" + name : null,
        ExpiresAt = lifetime is null ? null : _time.GetUtcNow() + lifetime,
        Scope = "repo",
    };

    private HttpResponseMessage Issue()
    {
        var number = Interlocked.Increment(ref _issued);
        return ScriptedHandler.Json($$"""{"access_token":"access-{{number}}","token_type":"bearer","refresh_token":"refresh-{{number}}","expires_in":600}""");
    }

    // Status 0: no connection.
    private void Answer(HttpStatusCode status, string body) => _fake.Token = _ => status == 0
        ? throw new HttpRequestException("refused")
        : Task.FromResult(ScriptedHandler.Json(body, status, body.StartsWith('<') ? "text/html" : "application/json"));

    private (Task Reached, Action Open) Hold(string? body = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fake.Token = async _ =>
        {
            reached.TrySetResult();
            await open.Task;
            return body is null ? Issue() : ScriptedHandler.Json(body, status);
        };
        return (reached.Task, open.SetResult);
    }

    private Task<UpstreamAuthorization> AuthorizeAsync(Resource? resource = null, Subject? subject = null) =>
        _authorizer.AuthorizeAsync(resource ?? Resource, Token(subject ?? Subject.User("person3")), default).AsTask();

    private Task<UpstreamAuthorization> ReauthorizeAsync(UpstreamAuthorization rejected) =>
        _authorizer.ReauthorizeAsync(Resource, Token(Subject.User("person3")), rejected, default).AsTask();

    private static string Bearer(UpstreamAuthorization authorization) =>
        authorization.Headers.ShouldHaveSingleItem().Value["Bearer ".Length..];

    private AccessToken Token(Subject subject) => new()
    {
        Id = "jti",
        SessionId = Session,
        Subject = subject,
        ClientId = "client",
        Audience = Resource.Uri,
        Scopes = ["repo"],
        IssuedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow().AddMinutes(10),
        AuthenticatedAt = _time.GetUtcNow(),
    };
}
