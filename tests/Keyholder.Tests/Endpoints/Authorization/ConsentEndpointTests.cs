using System.Net;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class ConsentEndpointTests
{
    [Fact]
    public async Task Approving_sends_a_code_state_and_issuer_to_the_client()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ApproveAsync(await browser.ReachConsentAsync());

        page.Location.ShouldNotBeNull().ShouldStartWith(AuthorizationSamples.RedirectUri + "?code=kh_ac_");
        (page.Query("state"), page.Query("iss"), page.Query("error")).ShouldBe(("xyz", AuthorizationHost.Issuer, null));
        var session = await host.FindSessionAsync(page.Query("code")!);
        (session.ClientId, session.Resource, session.Code.Challenge).ShouldBe((AuthorizationSamples.App.Id, AuthorizationHost.NotesUri, AuthorizationSamples.Challenge));
        session.Subject.ShouldBe(Subject.User((await host.FindUserAsync("person1")).Id));
        session.Scopes.ShouldBe(["notes:read"]);

        var actions = (await host.Get<IAuditStore>().ListAsync(20, CancellationToken.None)).Select(e => e.Action).ToList();
        actions.ShouldContain(AuditActions.ConsentGranted);
        actions.ShouldContain(AuditActions.SessionCreated);
        host.OwnLogs.ShouldNotContain(page.Query("code")!);
    }

    [Fact]
    public async Task Denying_tells_the_client_and_is_remembered_nowhere()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.SubmitAsync(await browser.ReachConsentAsync(), ("decision", "deny"));
        (page.Query("error"), page.Query("state"), page.Query("iss"), page.Query("code")).ShouldBe(("access_denied", "xyz", AuthorizationHost.Issuer, null));
        (await host.Get<IAuditStore>().ListAsync(20, CancellationToken.None)).ShouldContain(e => e.Action == AuditActions.ConsentDenied);
        (await browser.AuthorizeAsync()).Title.ShouldStartWith("Approve access");
    }

    [Fact]
    public async Task The_page_says_who_asks_from_where_for_what_and_where_the_answer_goes()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync(("resource", AuthorizationHost.FilesUri), ("scope", "files:read files:write"));
        page.Document.QuerySelector("h1")!.TextContent.ShouldContain("Example app");
        page.Document.QuerySelector(".prominent code")!.TextContent.ShouldBe("app.example.com");
        foreach (var shown in new[] { "registered itself", "Team files", AuthorizationHost.FilesUri, "Read your files", "Change your files", "Cloud", "You will be sent there to sign in" })
        {
            page.Text.ShouldContain(shown);
        }

        page.Document.QuerySelector(".warning").ShouldBeNull();
        page.Header("Content-Security-Policy").ShouldContain("form-action 'self' https://app.example.com https://cloud.example;");
    }

    [Theory]
    [InlineData("http://localhost:4000/cb", "localhost", "http://localhost:4000")]
    [InlineData("cursor://auth/cb", "cursor://auth", "cursor:")]
    public async Task A_client_on_the_persons_machine_gets_a_warning_and_is_never_remembered(string redirectUri, string shown, string formAction)
    {
        await using var host = await AuthorizationHost.StartAsync();
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { RedirectUris = [redirectUri] };
        using var browser = host.CreateBrowser();
        for (var i = 0; i < 2; i++)
        {
            var page = await browser.ReachConsentAsync(("redirect_uri", redirectUri));
            page.Document.QuerySelector(".warning").ShouldNotBeNull();
            page.Document.QuerySelector(".prominent code")!.TextContent.ShouldBe(shown);
            page.Header("Content-Security-Policy").ShouldContain($"form-action 'self' {formAction};");
            (await browser.ApproveAsync(page)).Location!.ShouldStartWith(redirectUri + "?code=");
        }
    }

    [Fact]
    public async Task A_remembered_approval_goes_straight_through_until_something_changes()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ApproveAsync(await browser.ReachConsentAsync());

        (await browser.AuthorizeAsync()).Query("code").ShouldNotBeNull();
        (await browser.AuthorizeAsync(("prompt", "none"))).Query("code").ShouldNotBeNull();
        (await browser.AuthorizeAsync(("prompt", "consent"))).Title.ShouldStartWith("Approve access");
        (await browser.AuthorizeAsync(("scope", "notes:write"))).Title.ShouldStartWith("Approve access");
        (await browser.AuthorizeAsync(("resource", AuthorizationHost.FilesUri), ("scope", null))).Title.ShouldStartWith("Approve access");

        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { Name = "Renamed" };
        (await browser.AuthorizeAsync()).Title.ShouldStartWith("Approve access");
    }

    [Fact]
    public async Task Another_person_at_the_same_browser_is_asked_for_herself()
    {
        await using var host = await AuthorizationHost.StartAsync();
        await host.AddUserAsync("person2");
        using var browser = host.CreateBrowser();
        await browser.ApproveAsync(await browser.ReachConsentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await browser.SignInAsync(await browser.AuthorizeAsync(("prompt", "login")), "person2")).Title.ShouldStartWith("Approve access");
    }

    [Fact]
    public async Task A_step_up_shows_and_grants_what_was_approved_before_too()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ApproveAsync(await browser.ReachConsentAsync());
        var page = await browser.ReachConsentAsync(("scope", "notes:write"));
        page.Text.ShouldContain("Read your notes");
        page.Text.ShouldContain("approved before");
        var session = await host.FindSessionAsync((await browser.ApproveAsync(page)).Query("code")!);
        session.Scopes.ShouldBe(["notes:read", "notes:write"]);
    }

    [Fact]
    public async Task A_changed_client_inherits_no_scope_of_its_old_self()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ApproveAsync(await browser.ReachConsentAsync(("scope", "notes:admin")));
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { Name = "Taken over" };
        var page = await browser.ReachConsentAsync();
        page.Text.ShouldNotContain("Administer");
        (await host.FindSessionAsync((await browser.ApproveAsync(page)).Query("code")!)).Scopes.ShouldBe(["notes:read"]);
    }

    [Fact]
    public async Task A_client_that_changes_under_the_open_page_is_not_approved_by_it()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync();
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { Name = "Somebody else" };
        var refused = await browser.ApproveAsync(page);
        (refused.Status, refused.ErrorId).ShouldBe((HttpStatusCode.Forbidden, "form_refused"));
        var again = await browser.GetAsync(refused.Document.QuerySelector("a.button")!.GetAttribute("href")!);
        again.Text.ShouldContain("Somebody else");
    }

    [Fact]
    public async Task Nothing_a_client_calls_itself_becomes_markup()
    {
        await using var host = await AuthorizationHost.StartAsync();
        const string Canary = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202E";
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { Name = Canary, ClientUri = "javascript:alert(1)", LogoUri = "https://evil.example/x.png" };
        using var browser = host.CreateBrowser();
        foreach (var page in new[] { await browser.AuthorizeAsync(), await browser.ReachConsentAsync() })
        {
            page.Document.QuerySelectorAll("script, img, [onerror]").ShouldBeEmpty();
            page.Text.ShouldContain("<script>alert(1)</script>");
            page.Html.ShouldNotContain("javascript:");
            page.Html.ShouldNotContain("evil.example");
            page.Html.ShouldNotContain("\u202E");
        }
    }

    [Fact]
    public async Task An_approval_counts_only_from_its_own_page()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync();
        var token = page.Document.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        KeyValuePair<string, string>[] approve = [new("request", page.RequestId), new("decision", "approve")];

        (await browser.PostAsync("/authorize/consent", approve, AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        (await browser.PostAsync("/authorize/consent", approve.Append(new("csrf", token[..^1] + (token[^1] == 'A' ? 'E' : 'A'))), AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        (await browser.PostAsync("/authorize/consent", approve.Append(new("csrf", token)), "https://evil.example")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.PostAsync("/authorize/consent", approve.Append(new("csrf", token)), "null")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.GetAsync($"/authorize/consent?request={page.RequestId}&decision=approve&csrf={token}")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await browser.SubmitAsync(page, ("decision", "perhaps"))).ErrorId.ShouldBe("form_malformed");

        using var other = host.CreateBrowser();
        await other.ReachConsentAsync();
        (await other.ApproveAsync(page)).ErrorId.ShouldBe("request_other_browser");

        (await browser.ApproveAsync(page)).Query("code").ShouldNotBeNull();
    }

    [Fact]
    public async Task Two_tabs_work_at_once_in_any_order()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var first = await browser.AuthorizeAsync(("state", "one"));
        var second = await browser.AuthorizeAsync(("state", "two"), ("scope", "notes:write"));
        var secondConsent = await browser.SignInAsync(second);
        var firstConsent = await browser.SignInAsync(first);
        (await browser.ApproveAsync(firstConsent)).Query("state").ShouldBe("one");
        secondConsent = await browser.GetAsync("/authorize/continue?request=" + secondConsent.RequestId);
        (await browser.ApproveAsync(secondConsent)).Query("state").ShouldBe("two");
    }

    [Fact]
    public async Task Of_many_approvals_at_once_one_gets_the_code()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => browser.ApproveAsync(page))));
        answers.Count(answer => answer.Location is not null).ShouldBe(1);
        answers.Where(answer => answer.Location is null).ShouldAllBe(answer =>
            (answer.Status == HttpStatusCode.Conflict && answer.ErrorId == "request_conflict") || (answer.Status == HttpStatusCode.Gone && answer.ErrorId == "request_finished"));
    }

    [Fact]
    public async Task A_request_that_waits_at_the_provider_was_decided_already()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync(("resource", AuthorizationHost.FilesUri), ("scope", null));
        (await browser.ApproveAsync(page)).Location!.ShouldStartWith("https://cloud.example/");
        var second = await browser.ApproveAsync(page);
        (second.Status, second.ErrorId).ShouldBe((HttpStatusCode.Conflict, "request_conflict"));
    }

    [Fact]
    public async Task A_finished_or_expired_request_is_gone()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync();
        await browser.ApproveAsync(page);
        (await browser.ApproveAsync(page)).ShouldSatisfyAllConditions(p => p.Status.ShouldBe(HttpStatusCode.Gone), p => p.ErrorId.ShouldBe("request_finished"));
        (await browser.GetAsync("/authorize/continue?request=" + page.RequestId)).ErrorId.ShouldBe("request_finished");

        var late = await browser.ReachConsentAsync(("scope", "notes:write"));
        host.Time.Advance(TimeSpan.FromMinutes(10));
        (await browser.ApproveAsync(late)).ShouldSatisfyAllConditions(p => p.Status.ShouldBe(HttpStatusCode.Gone), p => p.ErrorId.ShouldBe("request_expired"));
    }

    [Fact]
    public async Task Only_the_person_who_signed_in_to_the_request_can_approve_it()
    {
        await using var host = await AuthorizationHost.StartAsync();
        await host.AddUserAsync("person2");
        using var browser = host.CreateBrowser();
        var adas = await browser.ReachConsentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await browser.SignInAsync(await browser.AuthorizeAsync(("prompt", "login")), "person2");
        var refused = await browser.ApproveAsync(adas);
        (refused.Status, refused.ErrorId).ShouldBe((HttpStatusCode.Forbidden, "request_subject_changed"));

        await browser.SubmitAsync(await browser.GetAsync("/sign-out"));
        (await browser.ApproveAsync(adas)).ErrorId.ShouldBe("form_refused");
        (await browser.GetAsync("/authorize/continue?request=" + adas.RequestId)).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task A_client_that_lost_its_redirect_uri_meanwhile_gets_no_answer()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync();
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { RedirectUris = ["https://app.example.com/new"] };
        (await browser.ApproveAsync(page)).ErrorId.ShouldBe("authorize_client_unknown");
        (await browser.SubmitAsync(page, ("decision", "deny"))).ErrorId.ShouldBe("authorize_client_unknown");
        host.Clients.TryRemove(AuthorizationSamples.App.Id, out _).ShouldBeTrue();
        (await browser.GetAsync("/authorize/continue?request=" + page.RequestId)).ErrorId.ShouldBe("authorize_client_unknown");
    }

    [Fact]
    public async Task A_configured_client_is_named_as_the_operators()
    {
        await using var host = await AuthorizationHost.StartAsync(new AuthorizationOptions { RememberConsentForNativeClients = true });
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with { Source = ClientSource.Configured, ClientUri = "https://app.example.com/about" };
        using var browser = host.CreateBrowser();
        var page = await browser.ReachConsentAsync();
        page.Text.ShouldContain("operator of this server");
        page.Document.QuerySelector("dd a")!.GetAttribute("href").ShouldBe("https://app.example.com/about");
    }
}
