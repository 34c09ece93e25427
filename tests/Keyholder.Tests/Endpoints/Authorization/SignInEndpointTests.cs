using System.Net;
using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class SignInEndpointTests
{
    [Fact]
    public async Task Sign_ins_and_their_ends_are_audited_with_where_they_came_from_and_the_request_they_came_in()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.SignInAsync(await browser.AuthorizeAsync(), password: "wrong password");
        await browser.SignInAsync(page);

        var user = await host.FindUserAsync("person1");
        await browser.SubmitAsync(await browser.GetAsync("/sign-out"));
        var audited = await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Limit = 3 }, default);
        audited.Select(entry => (entry.Event.Action, entry.Event.Actor, entry.Event.Reason)).ShouldBe(
            [(AuditActions.SignedOut, "user:" + user.Id, null), (AuditActions.SignInSucceeded, "user:" + user.Id, "password"), (AuditActions.SignInFailed, "anonymous", "password")]);
        audited[0].Event.Target.ShouldStartWith("browser_session:" + BrowserSession.IdPrefix);
        audited.Select(entry => entry.Event.Target).ShouldBe([audited[0].Event.Target, audited[0].Event.Target, "user:" + user.Id]);
        audited.ShouldAllBe(entry => entry.Event.RemoteAddress == "127.0.0.1" && entry.Event.RequestId != null);
    }

    [Fact]
    public async Task The_right_password_leads_to_consent()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        (await browser.ReachConsentAsync()).Text.ShouldContain("Signed in as person1");
    }

    [Fact]
    public async Task An_unknown_name_and_a_wrong_password_get_the_same_page()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        var wrong = await browser.SignInAsync(page, "person1", "not her password");
        var unknown = await browser.SignInAsync(page, "nobody<script>", "not her password");
        wrong.Status.ShouldBe(HttpStatusCode.Unauthorized);
        (unknown.Status, unknown.Html).ShouldBe((wrong.Status, wrong.Html));
        unknown.Document.QuerySelector("[role=alert]").ShouldNotBeNull();
        browser.Cookies["__Host-kh_session"].ShouldBeNull();
        host.OwnLogs.ShouldNotContain("not her password");
    }

    [Fact]
    public async Task After_ten_failures_a_minute_must_pass()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        for (var i = 0; i < 10; i++)
        {
            (await browser.SignInAsync(page, "person1", "wrong")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var limited = await browser.SignInAsync(page);
        (limited.Status, limited.Header("Retry-After")).ShouldBe((HttpStatusCode.TooManyRequests, "60"));
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await browser.SignInAsync(page)).Title.ShouldStartWith("Approve access");
    }

    [Fact]
    public async Task Signing_in_replaces_whatever_secret_the_browser_brought()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync();
        var first = browser.Cookies["__Host-kh_session"].ShouldNotBeNull();

        host.Time.Advance(TimeSpan.FromSeconds(1));
        await browser.SignInAsync(await browser.AuthorizeAsync(("prompt", "login")));
        browser.Cookies["__Host-kh_session"].ShouldNotBeNull().ShouldNotBe(first);

        using var thief = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        thief.DefaultRequestHeaders.Add("Cookie", "__Host-kh_session=" + first);
        (await thief.GetStringAsync("/sign-out")).ShouldContain("You are signed out");
    }

    [Fact]
    public async Task A_sign_in_form_counts_only_from_its_own_page()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        KeyValuePair<string, string>[] fields = [new("request", page.RequestId), new("username", "person1"), new("password", AuthorizationHost.Password)];

        (await browser.PostAsync("/authorize/sign-in", fields, AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        (await browser.PostAsync("/authorize/sign-in", fields.Append(new("csrf", new string('A', 43))), AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        var token = page.Document.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        (await browser.PostAsync("/authorize/sign-in", fields.Append(new("csrf", token)), "https://evil.example")).Status.ShouldBe(HttpStatusCode.Forbidden);

        var other = await browser.AuthorizeAsync();
        var crossed = fields.Skip(1).Append(new("request", other.RequestId)).Append(new("csrf", token));
        (await browser.PostAsync("/authorize/sign-in", crossed, AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        browser.Cookies["__Host-kh_session"].ShouldBeNull();
    }

    [Fact]
    public async Task A_password_in_a_request_of_another_browser_is_not_looked_at()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var attacker = host.CreateBrowser();
        using var victim = host.CreateBrowser();
        var planted = await attacker.AuthorizeAsync();
        await victim.AuthorizeAsync();
        var page = await victim.SignInAsync(planted);
        (page.Status, page.ErrorId).ShouldBe((HttpStatusCode.Forbidden, "request_other_browser"));
        victim.Cookies["__Host-kh_session"].ShouldBeNull();
    }

    [Fact]
    public async Task A_signed_in_browser_is_not_asked_again_unless_the_client_says_so()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync();
        host.Time.Advance(TimeSpan.FromMinutes(5));
        (await browser.AuthorizeAsync()).Title.ShouldStartWith("Approve access");
        (await browser.AuthorizeAsync(("max_age", "600"))).Title.ShouldStartWith("Approve access");
        (await browser.AuthorizeAsync(("max_age", "60"))).Title.ShouldStartWith("Sign in");
        (await browser.AuthorizeAsync(("prompt", "login"))).Title.ShouldStartWith("Sign in");
        (await browser.AuthorizeAsync(("prompt", "none"), ("max_age", "60"))).Query("error").ShouldBe("login_required");
        (await browser.AuthorizeAsync(("prompt", "none"))).Query("error").ShouldBe("consent_required");
    }

    [Fact]
    public async Task A_browser_session_ends_with_its_lifetime()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync();
        host.Time.Advance(TimeSpan.FromHours(12));
        (await browser.AuthorizeAsync()).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task Signing_out_takes_a_form_and_ends_the_session_on_the_server()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync();
        var secret = browser.Cookies["__Host-kh_session"];

        (await browser.PostAsync("/sign-out", [], AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        (await browser.SubmitAsync(await browser.GetAsync("/sign-out"))).Text.ShouldContain("You are signed out");
        browser.Cookies["__Host-kh_session"].ShouldBeNull();

        using var thief = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        thief.DefaultRequestHeaders.Add("Cookie", "__Host-kh_session=" + secret);
        (await thief.GetStringAsync("/sign-out")).ShouldContain("You are signed out");
    }
}
