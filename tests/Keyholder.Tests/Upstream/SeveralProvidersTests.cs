using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

public sealed class SeveralProvidersTests : AuthorizerFixture
{
    private static readonly CredentialOwner Owner = Person3.Owner;
    private static readonly Provider GitHub = Providers.Configured();
    private static readonly Provider Second = GitHub with { Name = "second", TokenEndpoint = new Uri("https://second.example/token") };
    private static readonly Provider Billing = GitHub with
    {
        Name = "billing",
        Kind = ProviderKind.Headers,
        Headers = [new("x-api-key", "Key", Required: true, "Token "), new("x-tenant", "Tenant", Required: false, "")],
    };

    private static readonly Resource All = Resource with { Providers = [new(GitHub), new(Second, Header: "X-Second"), new(Billing)] };

    [Fact]
    public async Task Each_credential_goes_out_in_its_own_header_after_one_read()
    {
        await StoreAllAsync();
        var reads = Store.Reads;

        var authorization = await AuthorizeAsync(All);

        authorization.Headers.ShouldBe(
            [new("Authorization", "Bearer access-1"), new("X-Second", "access-second"), new("x-api-key", "Token k1"), new("x-tenant", "acme")]);
        authorization.Used.Select(u => (u.Key.Provider, u.Version, u.Renewable)).ShouldBe([("github", 1, true), ("second", 1, true), ("billing", 1, false)]);
        Store.Reads.ShouldBe(reads + 1);
        (await AuthorizeAsync(All)).ShouldBeSameAs(authorization);
        Store.Reads.ShouldBe(reads + 1);
    }

    [Fact]
    public async Task A_hundred_cold_callers_read_once()
    {
        await StoreAllAsync();
        var reads = Store.Reads;
        using var gate = new ManualResetEventSlim();
        Store.BeforeRead = () => gate.Wait(TimeSpan.FromSeconds(30));
        var callers = Enumerable.Range(0, 100).Select(_ => AuthorizeAsync(All)).ToList();
        gate.Set();

        await Task.WhenAll(callers);

        Store.Reads.ShouldBe(reads + 1);
    }

    [Theory]
    [InlineData("github")]
    [InlineData("second")]
    [InlineData("billing")]
    public async Task A_change_of_any_credential_is_seen_at_once(string provider)
    {
        await StoreAllAsync();
        await AuthorizeAsync(All);

        await Vault.DeleteAsync(new(Owner, provider), default);

        var authorization = await AuthorizeAsync(All);
        authorization.Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        authorization.Lacking.ShouldHaveSingleItem().Name.ShouldBe(provider);
        authorization.Headers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_that_lacks_is_named_in_order()
    {
        await Vault.StoreAsync(new(Owner, "second"), Tokens("second", null), null, null, default);

        (await AuthorizeAsync(All)).Lacking.Select(p => p.Name).ShouldBe(["github", "billing"]);
    }

    [Fact]
    public async Task What_is_optional_contributes_when_it_is_there_and_lacking_it_costs_no_read_each_time()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var resource = Resource with { Providers = [new(GitHub), new(Billing, Required: false)] };
        (await AuthorizeAsync(resource)).Headers.ShouldBe([new("Authorization", "Bearer access-1")]);
        var reads = Store.Reads;
        await AuthorizeAsync(resource);
        Store.Reads.ShouldBe(reads);

        await Vault.StoreAsync(new(Owner, "billing"), Keys(("x-api-key", "k1")), null, null, default);
        (await AuthorizeAsync(resource)).Headers.ShouldBe([new("Authorization", "Bearer access-1"), new("x-api-key", "Token k1")]);
    }

    [Fact]
    public async Task That_an_optional_credential_lacks_is_not_believed_for_long_nor_by_who_needs_it()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var optional = Resource with { Providers = [new(GitHub), new(Billing, Required: false)] };
        await AuthorizeAsync(optional);
        var elsewhere = new CredentialVault(Store, Store, Store, new EnvelopeSealer(VaultKeys.Ring(1)), Time, NullLogger<CredentialVault>.Instance);
        await elsewhere.StoreAsync(new(Owner, "billing"), Keys(("x-api-key", "k1")), null, null, default);

        (await AuthorizeAsync(Resource with { Providers = [new(Billing)] })).Headers.ShouldBe([new("x-api-key", "Token k1")]);
        Time.Advance(CredentialSource.LackingMaxAge);
        (await AuthorizeAsync(optional)).Headers.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Header_names_that_are_not_declared_any_more_are_never_sent_and_newly_required_ones_ask_for_an_update()
    {
        await Vault.StoreAsync(new(Owner, "billing"), Keys(("x-api-key", "k1"), ("x-tenant", "acme")), null, null, default);
        var fewer = Billing with { Headers = [Billing.Headers[0]] };
        (await AuthorizeAsync(Resource with { Providers = [new(fewer)] })).Headers.ShouldBe([new("x-api-key", "Token k1")]);

        var more = Billing with { Headers = [.. Billing.Headers, new("x-new", "New", Required: true, "")] };
        (await AuthorizeAsync(Resource with { Providers = [new(more)] })).Lacking.ShouldHaveSingleItem().ShouldBeSameAs(more);

        var row = Store[new(Owner, "billing")];
        row.Status.ShouldBe(CredentialStatus.NeedsUpdate);
        row.StatusReason.ShouldBe("required_header_missing");
        Store.Events[^1].Action.ShouldBe(AuditActions.CredentialNeedsUpdate);
    }

    [Fact]
    public async Task A_credential_of_another_kind_than_the_providers_asks_for_an_update()
    {
        await Vault.StoreAsync(new(Owner, "billing"), Tokens("1", null), null, null, default);

        (await AuthorizeAsync(Resource with { Providers = [new(Billing)] })).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Store[new(Owner, "billing")].StatusReason.ShouldBe("kind_changed");
    }

    [Fact]
    public async Task Providers_are_asked_all_at_once_and_a_slow_one_delays_nobody_who_does_not_need_it()
    {
        await StoreAllAsync();
        Time.Advance(TimeSpan.FromHours(2));
        var slow = new TaskCompletionSource();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Fake.Token = async request =>
        {
            if (request.Uri.Host == "second.example")
            {
                asked.TrySetResult();
                await slow.Task;
            }

            return Issue();
        };

        var both = AuthorizeAsync(All);
        await asked.Task;
        var one = await AuthorizeAsync(Resource);

        one.Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
        both.IsCompleted.ShouldBeFalse();
        slow.SetResult();
        (await both).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
        Fake.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_optional_provider_that_failed_is_not_waited_for_again()
    {
        await StoreAllAsync();
        var resource = Resource with { Providers = [new(Billing), new(Second, Required: false)] };
        Time.Advance(TimeSpan.FromHours(2));
        Answer(HttpStatusCode.BadGateway, "");
        (await AuthorizeAsync(resource)).Headers.Count.ShouldBe(2);
        Time.Advance(Fake.Options.FailureBackoff);
        var gate = Hold();

        (await AuthorizeAsync(resource)).Headers.Count.ShouldBe(2);
        await gate.Reached;
        gate.Open();
        await Authorizer.WhenIdleAsync();

        (await AuthorizeAsync(resource)).Headers.Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_optional_provider_that_renewed_a_rejected_token_is_waited_for_when_that_one_expires()
    {
        await StoreAllAsync();
        var resource = Resource with { Providers = [new(Second, Required: false)] };
        Bearer(await ReauthorizeAsync(resource, await AuthorizeAsync(resource))).ShouldBe("access-2");
        Time.Advance(TimeSpan.FromHours(2));

        Bearer(await AuthorizeAsync(resource)).ShouldBe("access-3");
    }

    [Fact]
    public async Task A_pause_that_another_node_set_is_no_failure_of_an_optional_provider()
    {
        await StoreAllAsync();
        var resource = Resource with { Providers = [new(Second, Required: false)] };
        var row = Store[new(Owner, "second")];
        var taken = await Store.BeginAsync(row, Time.GetUtcNow().AddMinutes(1), Time.GetUtcNow(), default);
        await Store.PauseAsync(taken.Refresh!, Time.GetUtcNow().AddHours(2) + Fake.Options.FailureBackoff, default);
        Time.Advance(TimeSpan.FromHours(2));
        (await AuthorizeAsync(resource)).Headers.ShouldBeEmpty();
        Time.Advance(Fake.Options.FailureBackoff);

        Bearer(await AuthorizeAsync(resource)).ShouldBe("access-2");
    }

    [Fact]
    public async Task Every_session_has_its_own_of_a_provider_per_session_and_all_share_a_shared_one()
    {
        var perSession = GitHub with { Owner = ProviderOwner.Session };
        var shared = Second with { Owner = ProviderOwner.Shared };
        var resource = Resource with { Providers = [new(perSession), new(shared, Header: "X-Second")] };
        await Vault.StoreAsync(new(new(CredentialOwnerKind.Session, Session.ToString()), "github"), Tokens("mine", null), null, null, default);
        await Vault.StoreAsync(new(new(CredentialOwnerKind.Shared, "second"), "second"), Tokens("all", null), null, null, default);

        (await AuthorizeAsync(resource)).Headers.ShouldBe([new("Authorization", "Bearer access-mine"), new("X-Second", "access-all")]);
        var other = Token(Subject.User("person3")) with { SessionId = SessionId.Create() };
        (await Authorizer.AuthorizeAsync(resource, other, default)).Lacking.ShouldHaveSingleItem().ShouldBe(perSession);
    }

    [Theory]
    [InlineData("person2", "client")]
    [InlineData("person3", "another")]
    public async Task A_sessions_credential_is_refused_to_another_subject_or_client_even_when_it_is_warm(string user, string client)
    {
        var resource = Resource with { Providers = [new(GitHub with { Owner = ProviderOwner.Session })] };
        var key = new CredentialKey(new(CredentialOwnerKind.Session, Session.ToString()), "github");
        await Vault.StoreAsync(key, Tokens("mine", null), null, new CredentialBinding(Subject.User("person3"), "client"), default);
        (await AuthorizeAsync(resource)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);

        var stranger = Token(Subject.User(user)) with { ClientId = client };
        (await Authorizer.AuthorizeAsync(resource, stranger, default)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Store.Events[^1].Action.ShouldBe(AuditActions.CredentialRefused);
        Store.Events[^1].Reason.ShouldBe("binding_mismatch");
        (await AuthorizeAsync(resource)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
    }

    [Fact]
    public async Task After_a_rejection_what_can_be_renewed_is_and_then_what_cannot_be_is_suspected()
    {
        await StoreAllAsync();
        var renewed = await ReauthorizeAsync(All, await AuthorizeAsync(All));
        renewed.Used.Select(u => (u.Version, u.Renewed)).ShouldBe([(2, true), (2, true), (1, false)]);
        Fake.TokenRequests.Count.ShouldBe(2);

        var again = await ReauthorizeAsync(All, renewed);

        again.Lacking.ShouldHaveSingleItem().ShouldBe(Billing);
        Store[new(Owner, "billing")].Refusals.ShouldHaveSingleItem().Reason.ShouldBe("rejected");
        Store[Person3].Refusals.ShouldBeEmpty();
        Fake.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_rejection_never_ends_what_everybody_shares()
    {
        var shared = Billing with { Owner = ProviderOwner.Shared };
        var resource = Resource with { Providers = [new(shared)] };
        var key = new CredentialKey(new(CredentialOwnerKind.Shared, "billing"), "billing");
        await Vault.StoreAsync(key, Keys(("x-api-key", "k1")), null, null, default);

        (await ReauthorizeAsync(resource, await AuthorizeAsync(resource))).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        (Store[key].Status, Store[key].Refusals.Count).ShouldBe((CredentialStatus.Active, 0));
    }

    private static HeaderSet Keys(params (string Name, string Value)[] values) => new() { Values = values.ToDictionary(v => v.Name, v => v.Value) };

    private Task<UpstreamAuthorization> ReauthorizeAsync(Resource resource, UpstreamAuthorization rejected) =>
        Authorizer.ReauthorizeAsync(resource, Token(Subject.User("person3")), rejected, default).AsTask();

    private async Task StoreAllAsync()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await Vault.StoreAsync(new(Owner, "second"), Tokens("second", TimeSpan.FromHours(1)), null, null, default);
        await Vault.StoreAsync(new(Owner, "billing"), Keys(("x-api-key", "k1"), ("x-tenant", "acme")), null, null, default);
    }
}
