using System.Net;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Upstream;

public sealed class CredentialRefreshTests : AuthorizerFixture
{
    [Fact]
    public async Task A_hundred_callers_refresh_once()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();

        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => AuthorizeAsync())).ToList();
        await gate.Reached;
        gate.Open();

        (await Task.WhenAll(callers)).ShouldAllBe(a => Bearer(a) == "access-2");
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
        var request = Fake.TokenRequests.ShouldHaveSingleItem();
        request.Form["grant_type"].ShouldBe("refresh_token");
        request.Form["refresh_token"].ShouldBe("refresh-1");
        Store[Person3].Version.ShouldBe(2);
    }

    [Fact]
    public async Task One_callers_cancellation_cancels_neither_the_refresh_nor_the_others()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();
        using var cancel = new CancellationTokenSource();
        var first = Authorizer.AuthorizeAsync(Resource, Token(Subject.User("person3")), cancel.Token).AsTask();
        await gate.Reached;
        var second = AuthorizeAsync();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);

        gate.Open();

        Bearer(await second).ShouldBe("access-2");
        Fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_is_refreshed_before_it_expires_and_no_request_waits_for_that()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(9) - TimeSpan.FromSeconds(1));
        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        await Authorizer.WhenIdleAsync();
        Fake.TokenRequests.ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(1));
        var gate = Hold();

        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        await gate.Reached;
        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        gate.Open();
        await Authorizer.WhenIdleAsync();

        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
        Fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_short_lived_token_is_not_refreshed_at_every_request()
    {
        await Vault.StoreAsync(Person3, Tokens("short", TimeSpan.FromSeconds(30)), null, null, default);
        Time.Advance(TimeSpan.FromSeconds(14));

        Bearer(await AuthorizeAsync()).ShouldBe("access-short");
        await Authorizer.WhenIdleAsync();
        Fake.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refresh_nobody_waits_for_that_finds_the_store_down_is_tried_again()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(9.5));
        Store.BeforeWrite = _ => throw new IOException("the disk is gone");
        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        await Authorizer.WhenIdleAsync();
        Store.BeforeWrite = null;
        Time.Advance(Fake.Options.FailureBackoff);

        await AuthorizeAsync();
        await Authorizer.WhenIdleAsync();

        Bearer(await AuthorizeAsync()).ShouldStartWith("access-");
        Store[Person3].Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_without_expiry_is_never_refreshed_unasked()
    {
        await StoreAsync(null);
        Time.Advance(TimeSpan.FromDays(400));

        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        Fake.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_new_refresh_token_or_scope_keeps_the_old()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        Fake.Token = _ => Task.FromResult(ScriptedHandler.Json("""{"access_token":"access-2","token_type":"bearer","expires_in":600}"""));

        await AuthorizeAsync();

        var tokens = (await Vault.FindAsync(Person3, default)).Tokens!;
        tokens.AccessToken.ShouldBe("access-2");
        tokens.RefreshToken.ShouldBe("refresh-1");
        tokens.Scope.ShouldBe("repo");
    }

    [Fact]
    public async Task A_dead_grant_is_marked_and_audited_and_never_tried_again()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        Answer(HttpStatusCode.BadRequest, """{"error":"invalid_grant","error_description":"canary"}""");

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Fake.TokenRequests.Count.ShouldBe(1);
        Store[Person3].Status.ShouldBe(CredentialStatus.NeedsReauth);
        Store[Person3].StatusReason.ShouldBe("invalid_grant");
        Store.Events[^1].Action.ShouldBe(AuditActions.CredentialNeedsReauth);
        (await Vault.NeedsConnectionAsync(Person3, "github", default)).ShouldBeTrue();
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
        Time.Advance(TimeSpan.FromMinutes(9.5));
        Answer((HttpStatusCode)status, body);

        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        await Authorizer.WhenIdleAsync();
        Bearer(await AuthorizeAsync()).ShouldBe("access-1");
        await Authorizer.WhenIdleAsync();
        Fake.TokenRequests.Count.ShouldBe(1);

        Time.Advance(TimeSpan.FromMinutes(1));
        var expired = await AuthorizeAsync();
        expired.Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        expired.RetryAfter.ShouldBe(Fake.Options.FailureBackoff);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        Fake.TokenRequests.Count.ShouldBe(2);
        Store[Person3].Status.ShouldBe(CredentialStatus.Active);

        Fake.Token = _ => Task.FromResult(Issue());
        Time.Advance(Fake.Options.FailureBackoff);
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
    }

    [Fact]
    public async Task A_named_wait_is_honoured()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        Fake.Token = _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", "90");
            return Task.FromResult(response);
        };

        (await AuthorizeAsync()).RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
        Time.Advance(TimeSpan.FromSeconds(89));
        (await AuthorizeAsync()).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        Fake.TokenRequests.Count.ShouldBe(1);
        Time.Advance(TimeSpan.FromSeconds(1));
        await AuthorizeAsync();
        Fake.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_made_while_the_refresh_was_under_way_wins()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();
        var pending = AuthorizeAsync();
        await gate.Reached;
        await Vault.StoreAsync(Person3, Tokens("new-account", TimeSpan.FromHours(1)), "2", null, default);

        gate.Open();

        Bearer(await pending).ShouldBe("access-new-account");
        Bearer(await AuthorizeAsync()).ShouldBe("access-new-account");
        Store[Person3].ProviderSubject.ShouldBe("2");
    }

    [Fact]
    public async Task A_connection_made_while_the_refresh_was_refused_is_not_marked()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest);
        var pending = AuthorizeAsync();
        await gate.Reached;
        await Vault.StoreAsync(Person3, Tokens("new", TimeSpan.FromHours(1)), "1", null, default);

        gate.Open();

        Bearer(await pending).ShouldBe("access-new");
        Store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task A_deletion_while_the_refresh_was_under_way_stays_a_deletion()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        var gate = Hold();
        var pending = AuthorizeAsync();
        await gate.Reached;
        await Vault.DeleteAsync(Person3, default);

        gate.Open();

        (await pending).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await Vault.FindAsync(Person3, default)).Outcome.ShouldBe(CredentialFindOutcome.Missing);
    }

    [Fact]
    public async Task A_rotated_token_set_that_cannot_be_stored_ends_the_credential()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        Store.BeforeWrite = operation => FailOn(operation, "complete");

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Store[Person3].StatusReason.ShouldBe("rotated_not_stored");
    }

    [Fact]
    public async Task An_unrotated_token_set_that_cannot_be_stored_is_served()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        Store.BeforeWrite = operation => FailOn(operation, "complete");
        Fake.Token = _ => Task.FromResult(ScriptedHandler.Json("""{"access_token":"access-2","expires_in":600}"""));

        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");

        Fake.TokenRequests.Count.ShouldBe(1);
        Store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Theory]
    [InlineData("248289761001", UpstreamAuthorizationOutcome.Available)]
    [InlineData("another", UpstreamAuthorizationOutcome.ReconnectRequired)]
    public async Task A_refresh_that_answers_for_another_account_ends_the_credential(string subject, UpstreamAuthorizationOutcome outcome)
    {
        await Vault.StoreAsync(Person3, Tokens("1", TimeSpan.FromMinutes(10)), "248289761001", null, default);
        Time.Advance(TimeSpan.FromMinutes(11));
        Fake.Token = _ => Task.FromResult(ScriptedHandler.Json(
            $$"""{"access_token":"access-2","id_token":"{{Fake.IdToken("n", c => c["sub"] = subject)}}"}"""));

        (await AuthorizeAsync()).Outcome.ShouldBe(outcome);
    }
}
