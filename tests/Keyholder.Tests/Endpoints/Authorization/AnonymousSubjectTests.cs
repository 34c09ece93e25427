using System.Net;
using Keyholder.Resources;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Vault;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class AnonymousSubjectTests
{
    private static Task<AuthorizationHost> StartAsync() =>
        AuthorizationHost.StartAsync(configure: resource => resource with { Subject = ResourceSubject.Session });

    [Fact]
    public async Task Nobody_signs_in_and_the_session_is_its_own_subject()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();

        var page = await browser.AuthorizeAsync();
        page.Title.ShouldStartWith("Approve access");
        page.Text.ShouldContain("You stay anonymous");
        page = await browser.ApproveAsync(page);

        var session = await host.FindSessionAsync(page.Query("code")!);
        session.Subject.ShouldBe(new Subject(SubjectKind.Session, session.Id.ToString()));
    }

    [Fact]
    public async Task Whoever_is_signed_in_stays_unknown()
    {
        await using var host = await AuthorizationHost.StartAsync(
            configure: resource => resource.Name == "notes" ? resource with { Subject = ResourceSubject.Session } : resource);
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync(("resource", AuthorizationHost.FilesUri), ("scope", "files:read"));
        var subjects = new List<Subject>();

        for (var i = 0; i < 2; i++)
        {
            var page = await browser.AuthorizeAsync();
            page.Text.ShouldNotContain("Signed in as");
            subjects.Add((await host.FindSessionAsync((await browser.ApproveAsync(page)).Query("code")!)).Subject);
        }

        subjects.ShouldAllBe(subject => subject.Kind == SubjectKind.Session);
        subjects.Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("subject")]
    [InlineData("sub")]
    [InlineData("sid")]
    [InlineData("session_id")]
    [InlineData("subject_id")]
    [InlineData("login_hint")]
    public async Task A_client_can_never_choose_the_subject(string parameter)
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var wanted = SessionId.Create().ToString();

        var page = await browser.ApproveAsync(await browser.AuthorizeAsync((parameter, wanted)));

        var session = await host.FindSessionAsync(page.Query("code")!);
        session.Subject.Id.ShouldBe(session.Id.ToString());
        session.Subject.Id.ShouldNotBe(wanted);
    }

    [Fact]
    public async Task Of_concurrent_consents_one_wins_and_the_others_are_told_so()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => browser.ApproveAsync(page))));

        answers.Count(answer => answer.Status == HttpStatusCode.SeeOther).ShouldBe(1);
        answers.Where(answer => answer.Status != HttpStatusCode.SeeOther).ShouldAllBe(
            answer => (answer.Status == HttpStatusCode.Conflict && answer.ErrorId == "request_conflict") || (answer.Status == HttpStatusCode.Gone && answer.ErrorId == "request_finished"));
    }

    [Fact]
    public async Task A_consent_that_was_given_in_another_tab_is_a_conflict()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync(("resource", AuthorizationHost.FilesUri), ("scope", "files:read"));
        (await browser.ApproveAsync(page)).Location.ShouldStartWith("https://cloud.example/");

        var second = await browser.ApproveAsync(page);

        (second.Status, second.ErrorId).ShouldBe((HttpStatusCode.Conflict, "request_conflict"));
    }

    [Fact]
    public async Task A_finished_and_an_expired_request_are_gone()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var finished = await browser.AuthorizeAsync();
        await browser.ApproveAsync(finished);
        var expired = await browser.AuthorizeAsync();
        host.Time.Advance(TimeSpan.FromMinutes(10));

        var answers = new[] { await browser.ApproveAsync(finished), await browser.ApproveAsync(expired), await browser.GetAsync("/authorize/continue?request=" + finished.RequestId) };

        answers.Select(answer => answer.ErrorId).ShouldBe(["request_finished", "request_expired", "request_finished"]);
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Gone);
    }

    [Fact]
    public async Task Another_browser_cannot_approve()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        await other.AuthorizeAsync();

        (await other.ApproveAsync(page)).ErrorId.ShouldBe("request_other_browser");
    }

    [Fact]
    public async Task The_credential_of_an_anonymous_session_is_its_own()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.AuthorizeAsync(("resource", AuthorizationHost.FilesUri), ("scope", "files:read")));

        var page = await browser.GetAsync($"/upstream/callback?code=c&iss={Uri.EscapeDataString("https://cloud.example")}&state={away.Query("state")}");

        var session = await host.FindSessionAsync(page.Query("code")!);
        var key = new CredentialKey(new CredentialOwner(CredentialOwnerKind.Session, session.Id.ToString()), "cloud");
        (await host.Get<ICredentialStore>().FindAsync(key, default)).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task Nothing_is_remembered_of_an_anonymous_approval()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.ApproveAsync(await browser.AuthorizeAsync());
        var session = await host.FindSessionAsync(page.Query("code")!);

        (await host.Get<IConsentStore>().FindAsync(session.Subject, session.ClientId, "app.example.com", session.Resource, default)).ShouldBeNull();
        (await browser.AuthorizeAsync(("prompt", "none"))).Query("error").ShouldBe("consent_required");
    }

    [Fact]
    public async Task A_device_may_stay_anonymous_too()
    {
        await using var host = await StartAsync();
        host.Clients[Device.TestDevice.ClientId] = Device.TestDevice.Client;
        var device = new Device.TestDevice(host);
        await device.BeginAsync();
        using var browser = host.CreateBrowser();

        (await device.ApproveAsync(browser)).Title.ShouldStartWith("Your device is connected");

        (await device.PollAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_that_ends_takes_its_subject_along()
    {
        await using var host = await StartAsync();
        host.Clients[Device.TestDevice.ClientId] = Device.TestDevice.Client;
        var device = new Device.TestDevice(host);
        await device.BeginAsync();
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        var tokens = await device.PollAsync();
        var listed = (await host.Get<ISessionDirectory>().ListAsync(new SessionQuery { SubjectKind = SubjectKind.Session, Limit = 10 }, host.Time.GetUtcNow(), default)).ShouldHaveSingleItem();

        await host.Get<SessionRevoker>().RevokeAsync(listed.Id, RevocationReasons.Operator, "cli:test", new(null, null));

        (await device.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_resource_that_changes_its_mind_refuses_what_was_begun_before()
    {
        await using var host = await AuthorizationHost.StartAsync();
        var resources = host.Get<ConfiguredResources>();
        var before = resources.Current;
        var anonymous = new ResourceSnapshot([.. before.Resources.Select(resource => resource with { Subject = ResourceSubject.Session })], before.Providers);
        resources.Replace(anonymous);
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        resources.Replace(before);

        var answer = await browser.ApproveAsync(page);
        answer.Title.ShouldNotStartWith("Approve");
        answer.Location.ShouldBeNull();
        resources.Replace(anonymous);
        (await browser.ApproveAsync(page)).Location.ShouldStartWith(AuthorizationSamples.RedirectUri);
    }
}
