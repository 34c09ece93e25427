using System.Net;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class ProviderChainTests
{
    private static readonly Provider First = AuthorizationSamples.Cloud with { Name = "first", DisplayName = "First", Issuer = "https://first.example" };
    private static readonly Provider Second = AuthorizationSamples.Cloud with { Name = "second", DisplayName = "Second", Issuer = "https://second.example", Owner = ProviderOwner.Session };
    private static readonly Provider Twin = First with { Name = "twin", DisplayName = "Twin" };
    private static readonly (string, string?)[] Files = [("resource", AuthorizationHost.FilesUri), ("scope", "files:read")];

    private static Task<AuthorizationHost> StartAsync(params ResourceProvider[] providers) => AuthorizationHost.StartAsync(providers: providers);

    private static string Callback(Page redirect, string rest = "&code=code") => "/upstream/callback?state=" + redirect.Query("state") + rest;

    private static async Task<Page> ApproveAsync(Browser browser) => await browser.ApproveAsync(await browser.ReachConsentAsync(Files));

    private static async Task<IReadOnlyList<StoredCredential>> CredentialsAsync(AuthorizationHost host) =>
        await host.Get<ICredentialStore>().ListAsync(new CredentialOwner(CredentialOwnerKind.User, (await host.FindUserAsync("person1")).Id), default);

    [Fact]
    public async Task Providers_are_walked_in_order_with_fresh_secrets_under_one_session()
    {
        await using var host = await StartAsync(new(First), new(Second, Header: "x-second"));
        using var browser = host.CreateBrowser();

        var first = await ApproveAsync(browser);
        first.Location.ShouldStartWith("https://first.example/");
        var second = await browser.GetAsync(Callback(first));
        second.Location.ShouldStartWith("https://second.example/");
        second.Query("state").ShouldNotBe(first.Query("state"));
        var done = await browser.GetAsync(Callback(second));

        var session = await host.FindSessionAsync(done.Query("code")!);
        (await CredentialsAsync(host)).ShouldHaveSingleItem().Key.Provider.ShouldBe("first");
        var ofSession = (await host.Get<ICredentialStore>().ListAsync(new CredentialOwner(CredentialOwnerKind.Session, session.Id.ToString()), default)).ShouldHaveSingleItem();
        ofSession.Key.Provider.ShouldBe("second");
        ofSession.Binding.ShouldBe(new CredentialBinding(session.Subject, session.ClientId));
    }

    [Fact]
    public async Task What_a_provider_answers_counts_for_its_own_leg_only_and_once()
    {
        await using var host = await StartAsync(new(First), new(Second, Header: "x-second"));
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync(Files);
        var first = await browser.ApproveAsync(page);
        var again = await browser.GetAsync("/authorize/continue?request=" + page.RequestId);
        again.Location.ShouldStartWith("https://first.example/");
        var second = await browser.GetAsync(Callback(first));

        var late = await browser.GetAsync(Callback(again, "&code=code&provider=second"));

        (late.Status, late.ErrorId).ShouldBe((HttpStatusCode.Conflict, "callback_out_of_turn"));
        host.Legs.Exchanges.ShouldBe(1, "the code of a leg that is over goes nowhere");
        (await browser.GetAsync(Callback(second))).Query("code").ShouldNotBeNull();
    }

    [Fact]
    public async Task Which_legs_are_needed_does_not_change_on_the_way()
    {
        await using var host = await StartAsync(new(First), new(Twin, Header: "x-twin"));
        using var browser = host.CreateBrowser();
        var first = await ApproveAsync(browser);
        var owner = new CredentialOwner(CredentialOwnerKind.User, (await host.FindUserAsync("person1")).Id);
        await host.Get<ICredentialVault>().StoreAsync(new(owner, "twin"), FakeLegs.Succeeded("other").Tokens!, "other", null, default);

        (await browser.GetAsync(Callback(first))).Location.ShouldStartWith("https://twin.example/");
    }

    [Fact]
    public async Task A_required_leg_that_fails_removes_what_the_chain_stored()
    {
        await using var host = await StartAsync(new(First), new(Second, Header: "x-second"));
        using var browser = host.CreateBrowser();
        var second = await browser.GetAsync(Callback(await ApproveAsync(browser)));
        (await CredentialsAsync(host)).Count.ShouldBe(1);
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(LegOutcome.Denied));

        var failed = await browser.GetAsync(Callback(second, "&error=access_denied&error_description=canary"));

        failed.Query("error").ShouldBe("access_denied");
        failed.Location!.ShouldNotContain("canary");
        (await CredentialsAsync(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_chain_that_fails_leaves_what_was_connected_before()
    {
        await using var host = await StartAsync(new(First), new(Second, Header: "x-second"));
        using var browser = host.CreateBrowser();
        await browser.GetAsync(Callback(await browser.GetAsync(Callback(await ApproveAsync(browser)))));
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(LegOutcome.Rejected));

        // A new session needs its own credential of the second provider, and no new one of the first.
        var second = await browser.AuthorizeAsync(Files);
        second.Location.ShouldStartWith("https://second.example/");
        (await browser.GetAsync(Callback(second))).Query("error").ShouldBe("server_error");

        (await CredentialsAsync(host)).ShouldHaveSingleItem().Key.Provider.ShouldBe("first");
    }

    [Fact]
    public async Task Legs_to_one_issuer_have_to_be_for_one_account()
    {
        await using var host = await StartAsync(new(First), new(Twin, Header: "x-twin"));
        using var browser = host.CreateBrowser();
        var twin = await browser.GetAsync(Callback(await ApproveAsync(browser)));
        host.Legs.Complete = _ => Task.FromResult(FakeLegs.Succeeded("subject-2"));

        (await browser.GetAsync(Callback(twin))).Query("error").ShouldBe("server_error");

        (await CredentialsAsync(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_deleted_while_the_provider_answers_does_not_come_back()
    {
        await using var host = await StartAsync(new ResourceProvider(First));
        using var browser = host.CreateBrowser();
        var first = await ApproveAsync(browser);
        var key = new CredentialKey(new CredentialOwner(CredentialOwnerKind.User, (await host.FindUserAsync("person1")).Id), "first");
        host.Legs.Complete = async _ =>
        {
            await host.Get<ICredentialVault>().DeleteAsync(key, default);
            return FakeLegs.Succeeded("subject-1");
        };

        var withdrawn = await browser.GetAsync(Callback(first));

        (withdrawn.Status, withdrawn.ErrorId).ShouldBe((HttpStatusCode.Gone, "connection_withdrawn"));
        (await CredentialsAsync(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_else_at_the_browser_cannot_finish_a_leg()
    {
        await using var host = await StartAsync(new(First), new(Second, Header: "x-second"));
        await host.AddUserAsync("person2");
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync(Files);
        var first = await browser.ApproveAsync(page);
        await browser.SubmitAsync(await browser.GetAsync("/sign-out"));
        await browser.SignInAsync(await browser.AuthorizeAsync(), "person2");

        (await browser.GetAsync(Callback(first))).ErrorId.ShouldBe("request_subject_changed");

        host.Legs.Exchanges.ShouldBe(0);
        (await CredentialsAsync(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_optional_provider_may_be_skipped_or_connected_and_does_not_fail_the_rest()
    {
        await using var host = await StartAsync(new(First), new(Twin, Required: false, Header: "x-twin"));
        using var browser = host.CreateBrowser();
        var offer = await browser.GetAsync(Callback(await ApproveAsync(browser)));
        offer.Title.ShouldStartWith("Connect Twin");
        offer.Text.ShouldContain("works without");

        var away = await browser.SubmitAsync(offer, ("decision", "connect"));
        away.Location.ShouldStartWith("https://twin.example/");
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(LegOutcome.Denied));
        var refused = await browser.GetAsync(Callback(away));
        refused.ErrorId.ShouldBe("provider_not_connected");
        var done = await browser.SubmitAsync(await browser.GetAsync("/authorize/continue?request=" + offer.RequestId), ("decision", "skip"));

        done.Query("code").ShouldNotBeNull();
        (await CredentialsAsync(host)).ShouldHaveSingleItem().Key.Provider.ShouldBe("first");
    }

    [Fact]
    public async Task A_required_provider_cannot_be_skipped_and_a_form_counts_for_its_own_leg_only()
    {
        var typed = AuthorizationSamples.Cloud with { Name = "typed", DisplayName = "Typed", Kind = ProviderKind.Headers, Headers = [new("x-key", "Key", true, "")] };
        await using var host = await StartAsync(new(Twin, Required: false, Header: "x-twin"), new(typed));
        using var browser = host.CreateBrowser();
        var offer = await ApproveAsync(browser);
        var form = await browser.SubmitAsync(offer, ("decision", "skip"));
        form.Title.ShouldStartWith("Connect Typed");

        (await browser.SubmitAsync(form, ("decision", "skip"))).ErrorId.ShouldBe("form_malformed");
        (await browser.SubmitAsync(offer, ("decision", "skip"))).ErrorId.ShouldBe("form_refused");
        (await browser.SubmitAsync(form, ("csrf", "forged"), ("decision", "cancel"))).ErrorId.ShouldBe("form_refused");
        (await browser.SubmitAsync(form, ("decision", "cancel"))).Query("error").ShouldBe("access_denied");
    }

    [Fact]
    public async Task Of_many_answers_for_one_leg_at_once_the_chain_goes_on_once()
    {
        await using var host = await StartAsync(new(First), new(Second, Header: "x-second"));
        using var browser = host.CreateBrowser();
        var first = await ApproveAsync(browser);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => browser.GetAsync(Callback(first)))));

        answers.Count(answer => answer.Status == HttpStatusCode.SeeOther).ShouldBe(1);
        answers.Where(answer => answer.Status != HttpStatusCode.SeeOther).ShouldAllBe(answer => answer.ErrorId == "callback_used");
        host.Legs.Exchanges.ShouldBe(1);
    }
}
