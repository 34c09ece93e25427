using System.Net;
using Keyholder.Audit;
using Keyholder.Authorization.Connect;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Endpoints.Authorization.Connect;

public sealed class ConnectLinkTests
{
    private static readonly (string, string?)[] Files = [("resource", AuthorizationHost.FilesUri), ("scope", "files:read")];

    /// <summary>A session of person1 whose credential is gone, and the link it was given.</summary>
    private static async Task<(Session Session, string Link)> LoseCredentialAsync(AuthorizationHost host)
    {
        using var browser = host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.ReachConsentAsync(Files));
        var done = await browser.GetAsync("/upstream/callback?code=c&state=" + away.Query("state"));
        var session = await host.FindSessionAsync(done.Query("code")!);
        await host.Get<ICredentialVault>().DeleteAsync(KeyOf(session), default);
        return (session, await CreateAsync(host, session));
    }

    private static CredentialKey KeyOf(Session session) => new(CredentialOwner.Of(session.Subject), "cloud");

    private static async Task<string> CreateAsync(AuthorizationHost host, Session session)
    {
        var resource = host.Get<IResourceSource>().Current.FindByUri(session.Resource)!;
        var link = await host.Get<ConnectLinks>().CreateAsync(TokenOf(session), resource, [AuthorizationSamples.Cloud], default);
        return link.ShouldNotBeNull().PathAndQuery;
    }

    private static AccessToken TokenOf(Session session) => new()
    {
        Id = "jti",
        SessionId = session.Id,
        Subject = session.Subject,
        ClientId = session.ClientId,
        Audience = session.Resource,
        Scopes = session.Scopes,
        IssuedAt = session.CreatedAt,
        ExpiresAt = session.CreatedAt.AddMinutes(10),
        AuthenticatedAt = session.AuthenticatedAt,
    };

    private static string Callback(Page redirect, string rest = "&code=code") => "/upstream/callback?state=" + redirect.Query("state") + rest;

    [Fact]
    public async Task An_answer_that_was_mixed_up_ends_the_connection_on_a_page_that_leads_nowhere()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)));
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(LegOutcome.MixedUp));

        var page = await browser.GetAsync(Callback(away));

        page.ErrorId.ShouldBe("callback_mixed_up");
        page.Document.QuerySelector("a.button").ShouldBeNull();
        (await host.Get<ICredentialStore>().FindAsync(KeyOf(session), default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_person_signs_in_says_yes_connects_and_can_go_back()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();

        var page = await browser.SignInAsync(await browser.GetAsync(link));
        page.Title.ShouldStartWith("Connect");
        page.Text.ShouldContain("Example app");
        page.Text.ShouldContain("Team files");
        page.Text.ShouldContain("Cloud");
        page.Text.ShouldContain("If somebody sent you this link, close this page.");
        host.Legs.Exchanges.ShouldBe(1, "opening the link starts nothing");
        var away = await browser.ApproveAsync(page);
        away.Location.ShouldStartWith("https://cloud.example/");
        var done = await browser.GetAsync(Callback(away));

        done.Title.ShouldStartWith("Connected");
        done.Text.ShouldContain("You can go back to your app");
        (await host.Get<ICredentialStore>().FindAsync(KeyOf(session), default)).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);
        (await host.Get<IAuditStore>().ListAsync(100, default)).Select(audit => (audit.Action, audit.Target)).ShouldContain((AuditActions.ConnectionCompleted, "session:" + session.Id));
    }

    [Fact]
    public async Task A_user_who_asked_for_a_link_connects_for_all_her_apps_and_nobody_else_does()
    {
        await using var host = await AuthorizationHost.StartAsync();
        await host.AddUserAsync("person2");
        var person1 = Subject.User((await host.FindUserAsync("person1")).Id);
        var resource = host.Get<IResourceSource>().Current.FindByUri(AuthorizationHost.FilesUri)!;
        var link = (await host.Get<ConnectLinks>().CreateAsync(person1, resource, AuthorizationSamples.Cloud, default)).PathAndQuery;
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();

        (await other.SignInAsync(await other.GetAsync(link), "person2")).ErrorId.ShouldBe("request_subject_changed");
        var signIn = await browser.GetAsync(link);
        signIn.Html.ShouldNotContain("virtual_key");
        var page = await browser.SignInAsync(signIn);
        page.Text.ShouldContain("Connect for Team files");
        page.Text.ShouldContain("If somebody sent you this link, close this page.");
        (await browser.GetAsync(Callback(await browser.ApproveAsync(page)))).Title.ShouldStartWith("Connected");

        (await host.Get<ICredentialStore>().FindAsync(new(CredentialOwner.Of(person1), "cloud"), default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_provider_is_asked_for_what_upstreams_demanded_of_this_very_credential()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);
        foreach (var (key, scope) in new[] { (KeyOf(session), "write"), (KeyOf(session) with { Provider = "other" }, "elsewhere") })
        {
            await host.Get<ICredentialVault>().StoreAsync(key, new TokenSet { AccessToken = "at", TokenType = "Bearer" }, null, null, default);
            var row = (await host.Get<ICredentialStore>().FindAsync(key, default))!;
            (await host.Get<ICredentialRefusalStore>().DemandAsync(row, new("files", [scope], row.UpdatedAt), Storage.Contracts.Sample.Audit(row.UpdatedAt, AuditActions.CredentialScopesDemanded), default))
                .ShouldBe(ScopeDemandOutcome.Recorded);
        }

        using var browser = host.CreateBrowser();
        await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)));

        host.Legs.Demanded.ShouldBe(["write"]);
    }

    [Theory]
    [InlineData(LegOutcome.Denied, false)]
    [InlineData(LegOutcome.Rejected, false)]
    [InlineData(LegOutcome.Unavailable, true)]
    public async Task What_a_provider_or_a_person_did_not_grant_fails_no_second_connection(LegOutcome outcome, bool stillAsked)
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);
        await host.Get<ICredentialVault>().StoreAsync(KeyOf(session), new TokenSet { AccessToken = "at", TokenType = "Bearer" }, null, null, default);
        var row = (await host.Get<ICredentialStore>().FindAsync(KeyOf(session), default))!;
        await host.Get<ICredentialRefusalStore>().DemandAsync(row, new("files", ["unheard-of"], row.UpdatedAt), Storage.Contracts.Sample.Audit(row.UpdatedAt, AuditActions.CredentialScopesDemanded), default);
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(outcome));
        using var browser = host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)));
        host.Legs.Demanded.ShouldBe(["unheard-of"]);
        (await browser.GetAsync(Callback(away))).Title.ShouldStartWith("Nothing was connected");

        await browser.ApproveAsync(await browser.GetAsync(link));

        host.Legs.Demanded.ShouldBe(stillAsked ? ["unheard-of"] : []);
    }

    [Fact]
    public async Task Somebody_else_who_opens_the_link_cannot_use_it()
    {
        await using var host = await AuthorizationHost.StartAsync();
        await host.AddUserAsync("person2");
        var (session, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();

        (await browser.SignInAsync(await browser.GetAsync(link), "person2")).ErrorId.ShouldBe("request_subject_changed");

        var open = await browser.GetAsync(link);
        open.ErrorId.ShouldBe("request_subject_changed");
        host.Legs.Exchanges.ShouldBe(1);
        (await host.Get<ICredentialStore>().FindAsync(KeyOf(session), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Somebody_else_at_the_browser_on_the_way_back_cannot_finish()
    {
        await using var host = await AuthorizationHost.StartAsync();
        await host.AddUserAsync("person2");
        var (session, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)));
        await browser.SubmitAsync(await browser.GetAsync("/sign-out"));
        await browser.SignInAsync(await browser.AuthorizeAsync(), "person2");

        (await browser.GetAsync(Callback(away))).ErrorId.ShouldBe("request_subject_changed");

        host.Legs.Exchanges.ShouldBe(1);
        (await host.Get<ICredentialStore>().FindAsync(KeyOf(session), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Only_the_page_itself_can_say_yes()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (_, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();
        var page = await browser.SignInAsync(await browser.GetAsync(link));
        await other.SignInAsync(await other.GetAsync(link));

        (await browser.SubmitAsync(page, ("csrf", "forged"), ("decision", "approve"))).ErrorId.ShouldBe("form_refused");
        (await other.ApproveAsync(page)).ErrorId.ShouldBe("request_other_browser");
        (await browser.PostAsync("/authorize/consent", [new("request", page.RequestId), new("decision", "approve")], "https://evil.example")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.SubmitAsync(page, ("decision", "deny"))).Title.ShouldStartWith("Nothing was connected");
        (await browser.ApproveAsync(page)).ErrorId.ShouldBe("request_finished");
    }

    [Fact]
    public async Task A_provider_that_says_no_connects_nothing_and_the_link_can_be_opened_again()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();
        host.Legs.Complete = _ => Task.FromResult(new CompletedLeg(LegOutcome.Denied));

        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)));
        (await browser.GetAsync(Callback(away))).Title.ShouldStartWith("Nothing was connected");

        (await host.Get<ICredentialStore>().FindAsync(KeyOf(session), default)).ShouldBeNull();
        (await browser.GetAsync(link)).Title.ShouldStartWith("Connect");
    }

    [Fact]
    public async Task A_link_lives_ten_minutes_and_made_up_ones_are_nobodys()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (_, link) = await LoseCredentialAsync(host);
        using var browser = host.CreateBrowser();

        (await browser.GetAsync("/connect/abc")).ErrorId.ShouldBe("connect_link_unknown");
        (await browser.GetAsync("/connect/" + new string('A', 43))).ErrorId.ShouldBe("connect_link_unknown");
        (await browser.GetAsync(link)).Title.ShouldStartWith("Sign in");
        host.Time.Advance(TimeSpan.FromMinutes(10));
        (await browser.GetAsync(link)).ErrorId.ShouldBe("connect_link_unknown");
    }

    [Fact]
    public async Task A_session_that_has_ended_has_no_links()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);
        await host.Get<SessionRevoker>().RevokeAsync(session.Id, RevocationReasons.UserRequest, "user:x", new(null, null));
        using var browser = host.CreateBrowser();

        (await browser.GetAsync(link)).ErrorId.ShouldBe("connect_link_unknown");
    }

    [Fact]
    public async Task The_same_call_gets_the_same_link_for_a_minute_and_a_link_is_stored_hashed()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, link) = await LoseCredentialAsync(host);

        (await CreateAsync(host, session)).ShouldBe(link);
        (await CreateAsync(host, session with { ClientId = "other" })).ShouldNotBe(link);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await CreateAsync(host, session)).ShouldNotBe(link);
        host.OwnLogs.ShouldNotContain(link[ConnectLinks.PathPrefix.Length..]);
    }

    [Fact]
    public async Task Nobody_gets_a_link_for_what_only_administrators_can_connect()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var (session, _) = await LoseCredentialAsync(host);
        var resource = host.Get<IResourceSource>().Current.FindByUri(session.Resource)!;
        var shared = AuthorizationSamples.Cloud with { Owner = ProviderOwner.Shared };

        (await host.Get<ConnectLinks>().CreateAsync(TokenOf(session), resource, [shared], default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_anonymous_session_is_connected_in_the_browser_that_approved_it_and_in_no_other()
    {
        await using var host = await AuthorizationHost.StartAsync(configure: resource => resource with { Subject = ResourceSubject.Session });
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.AuthorizeAsync(Files));
        var session = await host.FindSessionAsync((await browser.GetAsync(Callback(away))).Query("code")!);
        var key = new CredentialKey(new CredentialOwner(CredentialOwnerKind.Session, session.Id.ToString()), "cloud");
        await host.Get<ICredentialVault>().DeleteAsync(key, default);
        var link = await CreateAsync(host, session);

        (await other.GetAsync(link)).ErrorId.ShouldBe("request_other_browser");
        await other.AuthorizeAsync(Files);
        (await other.GetAsync(link)).ErrorId.ShouldBe("request_other_browser");
        var page = await browser.GetAsync(link);
        page.Title.ShouldStartWith("Connect");
        (await browser.GetAsync(Callback(await browser.ApproveAsync(page)))).Title.ShouldStartWith("Connected");

        (await host.Get<ICredentialStore>().FindAsync(key, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_administrator_connects_what_is_shared_and_nobody_else_can()
    {
        var shared = AuthorizationSamples.Cloud with { Owner = ProviderOwner.Shared };
        await using var host = await AuthorizationHost.StartAsync(provider: shared);
        (await host.Get<Keyholder.Users.LocalUserService>().AddAdministratorAsync("person2", AuthorizationHost.Password, null, "system", default)).ShouldBe(Keyholder.Users.LocalUserOutcome.Done);
        var link = (await host.Get<ConnectLinks>().CreateSharedAsync(shared, default)).PathAndQuery;
        using var browser = host.CreateBrowser();
        using var administrator = host.CreateBrowser();

        (await browser.SignInAsync(await browser.GetAsync(link))).ErrorId.ShouldBe("request_subject_changed");
        var signIn = await administrator.GetAsync(link);
        signIn.Html.ShouldNotContain("virtual_key");
        var refused = await administrator.SubmitAsync(signIn, ("virtual_key", "kh_vk_x"));
        refused.Status.ShouldBe(HttpStatusCode.Forbidden);
        refused.Title.ShouldStartWith("Sign in");
        var page = await administrator.SignInAsync(refused, "person2");
        page.Text.ShouldContain("Connect for everybody");
        (await administrator.GetAsync(Callback(await administrator.ApproveAsync(page)))).Title.ShouldStartWith("Connected");

        (await host.Get<ICredentialStore>().FindAsync(new(new CredentialOwner(CredentialOwnerKind.Shared, "cloud"), "cloud"), default)).ShouldNotBeNull();
    }
}
