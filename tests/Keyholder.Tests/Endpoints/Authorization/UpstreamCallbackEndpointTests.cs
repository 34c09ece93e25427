using System.Net;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Upstream;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class UpstreamCallbackEndpointTests
{
    private static readonly (string, string?)[] Files = [("resource", AuthorizationHost.FilesUri), ("scope", null)];

    private static string Callback(Page redirect, string rest = "&code=upstream-code-canary") => "/upstream/callback?state=" + redirect.Query("state") + rest;

    /// <summary>Approves access to the files and stands before the provider.</summary>
    private static async Task<Page> ReachProviderAsync(Browser browser) => await browser.ApproveAsync(await browser.ReachConsentAsync(Files));

    private static async Task<CredentialKey> KeyAsync(AuthorizationHost host) =>
        new(CredentialOwner.Of(Subject.User((await host.FindUserAsync("person1")).Id)), "cloud");

    [Fact]
    public async Task Nobody_is_sent_to_the_provider_before_approving()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync(Files);
        host.Legs.Callbacks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connected_account_is_kept_for_the_user_and_the_client_gets_its_code()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var provider = await ReachProviderAsync(browser);
        var done = await browser.GetAsync(Callback(provider));

        done.Location.ShouldNotBeNull().ShouldStartWith(AuthorizationSamples.RedirectUri + "?code=kh_ac_");
        (await host.Get<ICredentialVault>().NeedsConnectionAsync(await KeyAsync(host), "github", CancellationToken.None)).ShouldBeFalse();
        host.Legs.Callbacks.Distinct().ShouldBe([AuthorizationHost.Issuer + "/upstream/callback"]);
        host.Legs.Exchanges.ShouldBe(1);
        foreach (var secret in new[] { "upstream-token-canary", "upstream-code-canary" })
        {
            host.OwnLogs.ShouldNotContain(secret);
            done.Html.ShouldNotContain(secret);
        }

        (await browser.AuthorizeAsync(Files)).Query("code").ShouldNotBeNull();
        host.Legs.Exchanges.ShouldBe(1);
    }

    [Fact]
    public async Task A_stored_credential_is_in_the_audit_trail_with_the_request_that_brought_it()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.GetAsync(Callback(await ReachProviderAsync(browser)));

        var stored = (await host.Get<IAuditStore>().ListAsync(100, default)).Where(e => e.Action == AuditActions.CredentialStored).ShouldHaveSingleItem();
        stored.RemoteAddress.ShouldBe("127.0.0.1");
        stored.RequestId.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_callback_in_another_browser_is_refused_before_its_code_is_exchanged()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var attacker = host.CreateBrowser();
        var planted = await ReachProviderAsync(attacker);

        using var fresh = host.CreateBrowser();
        (await fresh.GetAsync(Callback(planted))).ShouldSatisfyAllConditions(p => p.Status.ShouldBe(HttpStatusCode.Forbidden), p => p.ErrorId.ShouldBe("request_other_browser"));
        using var victim = host.CreateBrowser();
        await victim.AuthorizeAsync();
        (await victim.GetAsync(Callback(planted))).ErrorId.ShouldBe("request_other_browser");
        host.Legs.Exchanges.ShouldBe(0);

        (await attacker.GetAsync(Callback(planted))).Query("code").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_callback_counts_once()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var provider = await ReachProviderAsync(browser);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => browser.GetAsync(Callback(provider)))));
        answers.Count(a => a.Location is not null).ShouldBe(1);
        answers.Where(a => a.Location is null).ShouldAllBe(a => a.Status == HttpStatusCode.Gone && a.ErrorId == "callback_used");
        host.Legs.Exchanges.ShouldBe(1);
    }

    [Theory]
    [InlineData("?code=x", "callback_malformed")]
    [InlineData("?state=&code=x", "callback_malformed")]
    [InlineData("?state=a&state=b&code=x", "callback_malformed")]
    [InlineData("?state=a&code=x&code=y", "callback_malformed")]
    [InlineData("?state=%zz", "callback_malformed")]
    [InlineData("?state=unknown&code=x", "callback_unknown")]
    [InlineData("?state=unknown&error=access_denied&error_description=%3Cscript%3Ereflect", "callback_unknown")]
    public async Task A_callback_nobody_waits_for_changes_nothing(string query, string error)
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.AuthorizeAsync();
        var page = await browser.GetAsync("/upstream/callback" + query);
        (page.Status, page.ErrorId).ShouldBe((HttpStatusCode.BadRequest, error));
        page.Html.ShouldNotContain("reflect");
        host.Legs.Exchanges.ShouldBe(0);
    }

    [Theory]
    [InlineData(LegOutcome.Denied, "access_denied")]
    [InlineData(LegOutcome.Rejected, "server_error")]
    [InlineData(LegOutcome.Unavailable, "temporarily_unavailable")]
    public async Task A_leg_that_fails_ends_the_request_without_a_word_of_the_provider(LegOutcome outcome, string error)
    {
        await using var host = await AuthorizationHost.StartAsync();
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(outcome, Debug: "private reason"));
        using var browser = host.CreateBrowser();
        var provider = await ReachProviderAsync(browser);
        var done = await browser.GetAsync(Callback(provider, "&error=reflected_canary&error_description=reflected_canary"));
        (done.Query("error"), done.Query("state"), done.Query("iss")).ShouldBe((error, "xyz", AuthorizationHost.Issuer));
        done.Location!.ShouldNotContain("canary");
        done.Location!.ShouldNotContain("private");
        (await host.Get<ICredentialVault>().NeedsConnectionAsync(await KeyAsync(host), "github", CancellationToken.None)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/callback/cloud", "/callback/cloud")]
    [InlineData("/callback/elsewhere", "/callback/elsewhere")]
    [InlineData("/upstream/callback", "/upstream/callback")]
    [InlineData("/upstream/callback/", "/upstream/callback")]
    [InlineData("/CALLBACK/CLOUD", "/callback/CLOUD")]
    public async Task An_answer_says_where_it_arrived_and_not_whose_it_is(string path, string arrived)
    {
        await using var host = await AuthorizationHost.StartAsync(provider: AuthorizationSamples.Cloud with { Callback = Keyholder.Resources.ProviderCallback.Own });
        string? seen = null;
        host.Legs.Complete = callback =>
        {
            seen = callback.RedirectUri;
            return Task.FromResult(new CompletedLeg(LegOutcome.Denied));
        };
        using var browser = host.CreateBrowser();
        var away = await ReachProviderAsync(browser);

        (await browser.GetAsync($"{path}?code=c&state={away.Query("state")}")).Query("error").ShouldBe("access_denied");

        seen.ShouldBe(AuthorizationHost.Issuer + arrived);
        host.Legs.Callbacks.Distinct().ShouldBe([AuthorizationHost.Issuer + "/callback/cloud"]);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_ends_the_request_at_once()
    {
        await using var host = await AuthorizationHost.StartAsync();
        host.Legs.StartOutcome = LegOutcome.Unavailable;
        using var browser = host.CreateBrowser();
        (await ReachProviderAsync(browser)).Query("error").ShouldBe("temporarily_unavailable");
    }

    [Fact]
    public async Task A_request_that_fails_while_the_provider_answers_leaves_no_credential()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var consent = await browser.ReachConsentAsync(Files);
        var provider = await browser.ApproveAsync(consent);
        host.Legs.Complete = async _ =>
        {
            await host.Get<IAuthorizationRequestStore>().FailAsync(consent.RequestId, null, host.Time.GetUtcNow(), CancellationToken.None);
            return FakeLegs.Succeeded("subject-1");
        };
        (await browser.GetAsync(Callback(provider))).ErrorId.ShouldBe("request_finished");
        (await host.Get<ICredentialVault>().NeedsConnectionAsync(await KeyAsync(host), "github", CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_credential_that_is_deleted_while_the_provider_answers_does_not_come_back()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var provider = await ReachProviderAsync(browser);
        var key = await KeyAsync(host);
        host.Legs.Complete = async _ =>
        {
            await host.Get<ICredentialStore>().DeleteAsync(key, CancellationToken.None);
            return FakeLegs.Succeeded("subject-1");
        };

        (await browser.GetAsync(Callback(provider))).ErrorId.ShouldBe("connection_withdrawn");

        (await host.Get<ICredentialVault>().NeedsConnectionAsync(key, "github", CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_callback_for_a_finished_request_exchanges_nothing()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var consent = await browser.ReachConsentAsync(Files);
        var first = await browser.ApproveAsync(consent);
        var second = await browser.GetAsync("/authorize/continue?request=" + consent.RequestId);
        second.Query("state").ShouldNotBe(first.Query("state"));
        (await browser.GetAsync(Callback(first))).Query("code").ShouldNotBeNull();
        (await browser.GetAsync(Callback(second))).ErrorId.ShouldBe("request_finished");
        host.Legs.Exchanges.ShouldBe(1);
    }

    [Fact]
    public async Task A_callback_that_comes_too_late_exchanges_nothing()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var provider = await ReachProviderAsync(browser);
        host.Time.Advance(TimeSpan.FromMinutes(10));
        (await browser.GetAsync(Callback(provider))).ShouldSatisfyAllConditions(p => p.Status.ShouldBe(HttpStatusCode.Gone), p => p.ErrorId.ShouldBe("callback_expired"));
        host.Legs.Exchanges.ShouldBe(0);
    }

    [Fact]
    public async Task An_account_is_connected_only_for_the_person_who_approved()
    {
        await using var host = await AuthorizationHost.StartAsync();
        await host.AddUserAsync("person2");
        using var browser = host.CreateBrowser();
        var provider = await ReachProviderAsync(browser);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await browser.SignInAsync(await browser.AuthorizeAsync(("prompt", "login")), "person2");
        (await browser.GetAsync(Callback(provider))).ErrorId.ShouldBe("request_subject_changed");
        host.Legs.Exchanges.ShouldBe(0);
    }

    private static async Task<Page> SignInWithCloudAsync(Browser browser)
    {
        var page = await browser.AuthorizeAsync();
        var provider = await browser.GetAsync(page.Document.QuerySelector(".choices a").ShouldNotBeNull().GetAttribute("href")!);
        provider.Location.ShouldNotBeNull().ShouldStartWith("https://cloud.example/authorize?state=");
        return await browser.GetAsync(Callback(provider));
    }

    [Fact]
    public async Task Signing_in_with_a_provider_makes_a_user_once_and_keeps_no_token()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var consent = await SignInWithCloudAsync(browser);
        consent.Title.ShouldStartWith("Approve access");
        consent.Text.ShouldContain("Signed in as Person1 at Cloud");
        var session = await host.FindSessionAsync((await browser.ApproveAsync(consent)).Query("code")!);
        var cloud = new CredentialKey(CredentialOwner.Of(session.Subject), "cloud");
        (await host.Get<ICredentialVault>().NeedsConnectionAsync(cloud, "github", CancellationToken.None)).ShouldBeTrue();

        using var again = host.CreateBrowser();
        (await host.FindSessionAsync((await SignInWithCloudAsync(again)).Query("code")!)).Subject.ShouldBe(session.Subject);
    }

    [Fact]
    public async Task Two_first_sign_ins_at_once_make_one_user()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var browsers = Enumerable.Range(0, 8).Select(_ => host.CreateBrowser()).ToArray();
        var consents = await Task.WhenAll(browsers.Select(browser => Task.Run(() => SignInWithCloudAsync(browser))));
        var subjects = new HashSet<Subject>();
        foreach (var (browser, consent) in browsers.Zip(consents))
        {
            var page = await browser.ApproveAsync(consent);
            subjects.Add((await host.FindSessionAsync(page.Query("code")!)).Subject);
            browser.Dispose();
        }

        subjects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Subjects_of_different_providers_are_different_people()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var users = host.Get<ProviderSignIn>();
        var one = await users.SignInAsync(new ProviderIdentity("cloud", "1"), "person1@example.com", new(null, null), CancellationToken.None);
        var two = await users.SignInAsync(new ProviderIdentity("other", "1"), "person1@example.com", new(null, null), CancellationToken.None);
        one!.Id.ShouldNotBe(two!.Id);
    }

    [Theory]
    [InlineData(LegOutcome.Denied, HttpStatusCode.Forbidden, "sign_in_provider_failed")]
    [InlineData(LegOutcome.Rejected, HttpStatusCode.Forbidden, "sign_in_provider_failed")]
    [InlineData(LegOutcome.MixedUp, HttpStatusCode.BadRequest, "callback_mixed_up")]
    [InlineData(LegOutcome.Unavailable, HttpStatusCode.ServiceUnavailable, "sign_in_provider_unavailable")]
    public async Task A_provider_that_confirms_nobody_signs_nobody_in_and_leaves_the_other_ways(LegOutcome outcome, HttpStatusCode status, string error)
    {
        await using var host = await AuthorizationHost.StartAsync();
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(outcome));
        using var browser = host.CreateBrowser();
        var page = await SignInWithCloudAsync(browser);
        (page.Status, page.ErrorId).ShouldBe((status, error));
        browser.Cookies["__Host-kh_session"].ShouldBeNull();
        (await browser.GetAsync(page.Document.QuerySelector("a.button")!.GetAttribute("href")!)).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task A_success_without_a_subject_is_no_success()
    {
        await using var host = await AuthorizationHost.StartAsync();
        host.Legs.Complete = _ => Task.FromResult(FakeLegs.Succeeded(null));
        using var browser = host.CreateBrowser();
        (await SignInWithCloudAsync(browser)).ErrorId.ShouldBe("sign_in_provider_failed");
        browser.Cookies["__Host-kh_session"].ShouldBeNull();
    }

    [Fact]
    public async Task A_way_to_sign_in_that_is_not_configured_does_not_exist()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        (await browser.GetAsync("/authorize/sign-in/other?request=" + page.RequestId)).ErrorId.ShouldBe("sign_in_provider_unknown");
        (await browser.GetAsync("/authorize/sign-in/cloud?request=" + new string('A', 43))).ErrorId.ShouldBe("request_unknown");
        using var stranger = host.CreateBrowser();
        (await stranger.GetAsync("/authorize/sign-in/cloud?request=" + page.RequestId)).ErrorId.ShouldBe("request_other_browser");
        host.Legs.Callbacks.ShouldBeEmpty();
    }
}
