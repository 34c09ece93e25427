using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Upstream;

public sealed class RefusedCredentialTests : AuthorizerFixture
{
    private static readonly Resource Well = Resource with { Name = "well", Uri = "https://keys.example/mcp/well" };
    private static readonly Provider Billing = Providers.Configured() with { Name = "billing", Kind = ProviderKind.Headers, Headers = [new("x-api-key", "Key", Required: true, "")] };
    private static readonly CredentialKey BillingKey = Person3 with { Provider = "billing" };

    [Fact]
    public async Task A_resource_that_refuses_even_a_fresh_token_lacks_it_and_others_go_on_using_it()
    {
        await RefuseAsync();

        var lacking = await AuthorizeAsync();
        (lacking.Outcome, lacking.Lacking.ShouldHaveSingleItem().Name, lacking.Headers.Count).ShouldBe((UpstreamAuthorizationOutcome.ReconnectRequired, "github", 0));
        Bearer(await AuthorizeAsync(Well)).ShouldBe("access-2");
        Store[Person3].Status.ShouldBe(CredentialStatus.Active);
        Store[Person3].Refusals.ShouldBe([new("github", "rejected_after_refresh", Time.GetUtcNow(), Time.GetUtcNow() + Fake.Options.RefusalRetryInterval)]);
        var audited = Store.Events[^1];
        (audited.Action, audited.Target, audited.Reason).ShouldBe((AuditActions.CredentialRefusedByResource, "credential:user:person3@github", "rejected_after_refresh resource:github"));
        (await Vault.NeedsConnectionAsync(Person3, "github", default)).ShouldBeTrue();
        (await Vault.NeedsConnectionAsync(Person3, "well", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task While_it_stands_calls_ask_no_provider_and_those_of_other_resources_cost_no_read()
    {
        await RefuseAsync();
        await AuthorizeAsync(Well);
        var (reads, asked, events) = (Store.Reads, Fake.TokenRequests.Count, Store.Events.Count);

        for (var i = 0; i < 5; i++)
        {
            (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
            Bearer(await AuthorizeAsync(Well)).ShouldBe("access-2");
        }

        Store.Reads.ShouldBe(reads + 5, "what lacks is looked for each time, as what is missing is");
        Fake.TokenRequests.Count.ShouldBe(asked);
        Store.Events.Count.ShouldBe(events);
    }

    [Fact]
    public async Task It_outlives_a_refresh_for_another_resource_and_ends_with_a_new_connection()
    {
        await RefuseAsync();
        Time.Advance(TimeSpan.FromMinutes(9.5));
        await AuthorizeAsync(Well);
        await Authorizer.WhenIdleAsync();
        Bearer(await AuthorizeAsync(Well)).ShouldBe("access-3");
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        await Vault.StoreAsync(Person3, Tokens("new", TimeSpan.FromHours(1)), null, null, default);

        Bearer(await AuthorizeAsync()).ShouldBe("access-new");
        (await Vault.NeedsConnectionAsync(Person3, "github", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task After_a_while_one_request_tries_again_and_one_that_is_taken_ends_it()
    {
        IssueForDays();
        await RefuseAsync();
        Time.Advance(Fake.Options.RefusalRetryInterval - TimeSpan.FromMilliseconds(1));
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        var retry = await AuthorizeAsync();
        (Bearer(retry), retry.IsRetry).ShouldBe(("access-long", true));
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired, "one is enough");
        await Authorizer.AcceptedAsync(retry);

        var served = await AuthorizeAsync();
        (Bearer(served), served.IsRetry).ShouldBe(("access-long", false));
        Store[Person3].Refusals.ShouldBeEmpty();
        (Store.Events[^1].Action, Store.Events[^1].Reason).ShouldBe((AuditActions.CredentialAcceptedByResource, "resource:github"));
    }

    [Fact]
    public async Task A_retry_that_is_refused_asks_no_provider_and_leaves_it_standing_for_as_long_again()
    {
        IssueForDays();
        await RefuseAsync();
        var asked = Fake.TokenRequests.Count;
        for (var round = 0; round < 3; round++)
        {
            Time.Advance(Fake.Options.RefusalRetryInterval);
            var retry = await AuthorizeAsync();
            retry.IsRetry.ShouldBeTrue();

            (await ReauthorizeAsync(retry)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

            (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        }

        Fake.TokenRequests.Count.ShouldBe(asked);
        Bearer(await AuthorizeAsync(Well)).ShouldBe("access-long");
    }

    [Fact]
    public async Task A_retry_whose_end_cannot_be_stored_fails_nothing_and_another_one_follows()
    {
        IssueForDays();
        await RefuseAsync();
        Time.Advance(Fake.Options.RefusalRetryInterval);
        var retry = await AuthorizeAsync();
        Store.BeforeWrite = operation => FailOn(operation, "lift");

        await Authorizer.AcceptedAsync(retry);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        Time.Advance(Fake.Options.RefusalRetryInterval);
        (await AuthorizeAsync()).IsRetry.ShouldBeTrue();
    }

    [Fact]
    public async Task A_late_end_of_a_retry_takes_nothing_from_a_refusal_of_a_newer_connection()
    {
        await RefuseAsync();
        Time.Advance(Fake.Options.RefusalRetryInterval);
        var retry = await AuthorizeAsync();
        await Vault.StoreAsync(Person3, Tokens("new", TimeSpan.FromHours(1)), null, null, default);
        Time.Advance(TimeSpan.FromSeconds(30));
        await RefuseAsync(store: false);

        await Authorizer.AcceptedAsync(retry);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        Store[Person3].Refusals.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_optional_credential_is_left_out_and_looked_for_no_more_often_than_others()
    {
        await RefuseAsync();
        var optional = Resource with { Providers = [new(Billing), new(Providers.Configured(), Required: false)] };
        await Vault.StoreAsync(BillingKey, new HeaderSet { Values = new Dictionary<string, string> { ["x-api-key"] = "k1" } }, null, null, default);
        (await AuthorizeAsync(optional)).Headers.ShouldHaveSingleItem().Key.ShouldBe("x-api-key");
        var reads = Store.Reads;

        (await AuthorizeAsync(optional)).Headers.ShouldHaveSingleItem().Key.ShouldBe("x-api-key");
        Bearer(await AuthorizeAsync(Well)).ShouldBe("access-2");

        Store.Reads.ShouldBe(reads);
        Time.Advance(Fake.Options.RefusalRetryInterval);
        var retry = await AuthorizeAsync(optional);
        (retry.IsRetry, retry.Headers.Count).ShouldBe((true, 2));
        var after = await ReauthorizeAsync(optional, retry);
        after.Headers.ShouldHaveSingleItem().Key.ShouldBe("x-api-key", "it was the one that was tried again");
        after.LeftOut.ShouldHaveSingleItem().Name.ShouldBe("github");
        Store[BillingKey].Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_header_set_and_a_token_that_cannot_be_renewed_are_refused_by_their_resource_alone()
    {
        var (one, another) = (Resource with { Providers = [new(Billing)] }, Well with { Providers = [new(Billing)] });
        await Vault.StoreAsync(BillingKey, new HeaderSet { Values = new Dictionary<string, string> { ["x-api-key"] = "k1" } }, null, null, default);
        (await ReauthorizeAsync(one, await AuthorizeAsync(one))).Lacking.ShouldHaveSingleItem().ShouldBe(Billing);
        (await AuthorizeAsync(another)).Headers.ShouldHaveSingleItem().Value.ShouldBe("k1");
        Store[BillingKey].Refusals.ShouldHaveSingleItem().Reason.ShouldBe("rejected");

        await Vault.StoreAsync(Person3, Tokens("1", null, refreshable: false), null, null, default);
        (await ReauthorizeAsync(await AuthorizeAsync())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        Bearer(await AuthorizeAsync(Well)).ShouldBe("access-1");
        Store[Person3].Refusals.ShouldHaveSingleItem().Reason.ShouldBe("rejected_without_refresh_token");
    }

    [Fact]
    public async Task No_refused_credential_is_tried_again_in_a_request_that_was_just_rejected_for_another()
    {
        var refusing = Resource with { Providers = [new(Billing)] };
        var both = Resource with { Providers = [new(Providers.Configured()), new(Billing, Required: false)] };
        await StoreAsync(TimeSpan.FromHours(1));
        await Vault.StoreAsync(BillingKey, new HeaderSet { Values = new Dictionary<string, string> { ["x-api-key"] = "k1" } }, null, null, default);
        await ReauthorizeAsync(refusing, await AuthorizeAsync(refusing));
        var first = await AuthorizeAsync(both);
        Time.Advance(Fake.Options.RefusalRetryInterval);

        var renewed = await ReauthorizeAsync(both, first);

        (Bearer(renewed), renewed.IsRetry, renewed.LeftOut.ShouldHaveSingleItem()).ShouldBe(("access-2", false, Billing));
        (await AuthorizeAsync(both)).IsRetry.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_stored_is_an_outage_and_changes_nothing()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var renewed = await ReauthorizeAsync(await AuthorizeAsync());
        Store.BeforeWrite = operation => FailOn(operation, "refuse");

        await Should.ThrowAsync<IOException>(() => ReauthorizeAsync(renewed));

        Store.BeforeWrite = null;
        (Store[Person3].Status, Store[Person3].Refusals.Count).ShouldBe((CredentialStatus.Active, 0));
        (await ReauthorizeAsync(renewed)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    // So that nothing has to be refreshed before it is tried again.
    private void IssueForDays() =>
        Answer(HttpStatusCode.OK, """{"access_token":"access-long","token_type":"bearer","refresh_token":"refresh-long","expires_in":864000}""");

    private async Task RefuseAsync(bool store = true)
    {
        if (store)
        {
            await StoreAsync(TimeSpan.FromHours(1));
        }

        var renewed = await ReauthorizeAsync(await AuthorizeAsync());
        (await ReauthorizeAsync(renewed)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    private Task<UpstreamAuthorization> ReauthorizeAsync(Resource resource, UpstreamAuthorization rejected) =>
        Authorizer.ReauthorizeAsync(resource, Token(Keyholder.Sessions.Subject.User("person3")), rejected, default).AsTask();
}
