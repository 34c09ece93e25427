using System.Net;
using Keyholder.Audit;
using Keyholder.Authorization.Connect;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Tests.Gateway;
using Keyholder.Vault;
using static Keyholder.Tests.Endpoints.Authorization.Connect.VirtualKeyConnecting;

namespace Keyholder.Tests.Endpoints.Authorization.Connect;

public sealed class ConnectVirtualKeyTests
{
    [Theory]
    [InlineData("person1")]
    [InlineData("person2")]
    public async Task The_owner_of_a_key_or_an_administrator_connects_for_it(string user)
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var link = await agent.LinkAsync();

        var signIn = await browser.GetAsync(link);
        signIn.Text.ShouldContain("agent");
        var page = await browser.SignInAsync(signIn, user);
        page.Title.ShouldStartWith("Connect");
        page.Text.ShouldContain("The virtual key agent needs a connection");
        page.Text.ShouldContain("Team files");
        page.Text.ShouldContain("Cloud");
        page.Text.ShouldContain("If somebody sent you this link, close this page.");
        (signIn.Html + page.Html).ShouldNotContain(agent.Text);
        agent.Host.Legs.Exchanges.ShouldBe(0, "opening the link starts nothing");
        var done = await browser.GetAsync(Callback(await browser.ApproveAsync(page)));

        done.Title.ShouldStartWith("Connected");
        (await agent.FindAsync()).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);
        var person = Subject.User((await agent.Host.FindUserAsync(user)).Id).ToString();
        (await agent.Host.Get<IAuditStore>().ListAsync(100, default)).Select(audit => (audit.Action, audit.Actor, audit.Target))
            .ShouldContain((AuditActions.ConnectionCompleted, person, "vk:" + agent.Key.Id));
        (await agent.TrailAsync(AuditActions.CredentialStored)).ShouldBe([(person, $"credential:{agent.Credential}")], "whoever brought the account, not the key that has it now");
        (await agent.Host.Get<ICredentialStore>().ListAsync(CredentialOwner.Of(Subject.User((await agent.Host.FindUserAsync(user)).Id)), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_has_the_key_itself_connects_for_it_and_is_signed_in_to_nothing()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();

        var page = await browser.SubmitAsync(await browser.GetAsync(await agent.LinkAsync()), ("virtual_key", agent.Text));
        page.Text.ShouldContain("The virtual key agent needs a connection");
        page.Html.ShouldNotContain(agent.Text);
        (await browser.GetAsync(Callback(await browser.ApproveAsync(page)))).Title.ShouldStartWith("Connected");

        (await agent.FindAsync()).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);
        browser.Cookies["__Host-kh_session"].ShouldBeNull();
        agent.Host.OwnLogs.ShouldNotContain(agent.Text);
        (await agent.TrailAsync(AuditActions.ConnectionCompleted)).ShouldBe([(agent.Subject.ToString(), "vk:" + agent.Key.Id)]);
        (await agent.TrailAsync(AuditActions.CredentialStored)).ShouldBe([(agent.Subject.ToString(), $"credential:{agent.Credential}")]);
    }

    [Fact]
    public async Task Anybody_else_who_opens_the_link_gets_a_plain_page_and_no_further()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var link = await agent.LinkAsync();

        var refused = await browser.SignInAsync(await browser.GetAsync(link), "person3");

        (refused.Status, refused.ErrorId).ShouldBe((HttpStatusCode.Forbidden, "connect_virtual_key_refused"));
        (await browser.GetAsync(link)).ErrorId.ShouldBe("connect_virtual_key_refused");
        agent.Host.Legs.Callbacks.ShouldBeEmpty();
        (await agent.FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Only_the_very_key_alone_stands_in_for_its_owner()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var signIn = await browser.GetAsync(await agent.LinkAsync());
        var other = await agent.AddKeyAsync("other");

        (await browser.SubmitAsync(signIn, ("virtual_key", other))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.SubmitAsync(signIn, ("virtual_key", agent.Text + "A"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SubmitAsync(signIn, ("virtual_key", agent.Text), ("username", "person1"), ("password", AuthorizationHost.Password))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.SubmitAsync(signIn, ("virtual_key", agent.Text), ("csrf", "forged"))).ErrorId.ShouldBe("form_refused");
        (await agent.Host.Get<IAuthorizationRequestStore>().FindAsync(signIn.RequestId, default)).ShouldNotBeNull().Subject.ShouldBeNull();

        using var stranger = agent.Host.CreateBrowser();
        (await stranger.SubmitAsync(signIn, ("virtual_key", agent.Text))).ErrorId.ShouldBe("request_other_browser");
        using var signedIn = agent.Host.CreateBrowser();
        await signedIn.SignInAsync(await signedIn.AuthorizeAsync(), "person3");
        (await signedIn.GetAsync(await agent.LinkAsync())).ErrorId.ShouldBe("connect_virtual_key_refused");
    }

    [Fact]
    public async Task A_link_for_a_key_is_approved_once_and_the_next_call_gets_another()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        using var second = agent.Host.CreateBrowser();
        var link = await agent.LinkAsync();
        (await agent.LinkAsync()).ShouldBe(link);
        var page = await browser.SignInAsync(await browser.GetAsync(link));
        var late = await second.SignInAsync(await second.GetAsync(link));

        var away = await browser.ApproveAsync(page);

        (await second.ApproveAsync(late)).ErrorId.ShouldBe("connect_link_unknown");
        (await second.GetAsync(link)).ErrorId.ShouldBe("connect_link_unknown");
        (await browser.GetAsync(Callback(away))).Title.ShouldStartWith("Connected");
        var next = await agent.LinkAsync();
        next.ShouldNotBe(link);
        (await second.GetAsync(next)).Title.ShouldStartWith("Connect");
    }

    [Theory]
    [InlineData("grant taken back")]
    [InlineData("deactivated")]
    [InlineData("expired")]
    [InlineData("deleted")]
    [InlineData("cut off")]
    [InlineData("quarantined")]
    public async Task A_key_that_loses_its_right_on_the_way_ends_the_flow_wherever_it_is(string how)
    {
        foreach (var step in Enumerable.Range(0, 5))
        {
            await using var agent = await VirtualKeyConnecting.StartAsync();
            using var browser = agent.Host.CreateBrowser();
            var link = await agent.LinkAsync();
            if (step == 0)
            {
                await agent.EndAsync(how);
                (await browser.GetAsync(link)).ErrorId.ShouldBe("connect_link_unknown");
                continue;
            }

            var page = await browser.GetAsync(link);
            if (step == 1)
            {
                await agent.EndAsync(how);
                (await browser.SignInAsync(page)).Status.ShouldBe(HttpStatusCode.OK);
            }
            else
            {
                page = await browser.SignInAsync(page);
                await FinishAsync(agent, browser, page, step, how);
            }

            (await agent.FindAsync()).ShouldBeNull($"{how} at step {step}");
            (await agent.Host.Get<IAuditStore>().ListAsync(100, default)).ShouldAllBe(audit => audit.Action != AuditActions.ConnectionCompleted);
        }
    }

    private static async Task FinishAsync(VirtualKeyConnecting agent, Browser browser, Page page, int step, string how)
    {
        if (step == 2)
        {
            await agent.EndAsync(how);
            (await browser.ApproveAsync(page)).Title.ShouldStartWith("Nothing was connected");
            return;
        }

        var away = await browser.ApproveAsync(page);
        if (step == 3)
        {
            await agent.EndAsync(how);
            var back = await browser.GetAsync(Callback(away));
            (back.ErrorId ?? "none").ShouldBeOneOf("callback_unknown", "request_subject_changed", "connection_withdrawn");
            agent.Host.Legs.Exchanges.ShouldBe(0);
            return;
        }

        // While the provider is asked for the tokens.
        agent.Host.Legs.Complete = async _ =>
        {
            await agent.EndAsync(how == "quarantined" ? "deactivated" : how);
            return FakeLegs.Succeeded("subject-1");
        };
        (await browser.GetAsync(Callback(away))).ErrorId.ShouldBe("connection_withdrawn");
        agent.Host.Legs.Exchanges.ShouldBe(1);
    }

    [Fact]
    public async Task A_secret_that_is_replaced_takes_what_it_began_with_it_and_the_owner_goes_on()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        using var owner = agent.Host.CreateBrowser();
        var presented = await browser.SubmitAsync(await browser.GetAsync(await agent.LinkAsync()), ("virtual_key", agent.Text));
        var own = await owner.SignInAsync(await owner.GetAsync(await agent.LinkAsync()));

        await agent.EndAsync("rotated");

        (await browser.ApproveAsync(presented)).ErrorId.ShouldBe("request_finished");
        (await owner.GetAsync(Callback(await owner.ApproveAsync(own)))).Title.ShouldStartWith("Connected");
    }

    [Fact]
    public async Task Whoever_is_not_its_owner_any_more_cannot_finish()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(await agent.LinkAsync())));

        await agent.EndAsync("given to another");

        (await browser.GetAsync(Callback(away))).ErrorId.ShouldBe("request_subject_changed");
        agent.Host.Legs.Exchanges.ShouldBe(0);
        (await agent.FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Somebody_else_at_the_browser_on_the_way_back_cannot_finish_though_she_might_have_begun()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(await agent.LinkAsync())));
        await browser.SubmitAsync(await browser.GetAsync("/sign-out"));
        await browser.SignInAsync(await browser.AuthorizeAsync(), "person2");

        (await browser.GetAsync(Callback(away))).ErrorId.ShouldBe("request_subject_changed");

        agent.Host.Legs.Exchanges.ShouldBe(0);
        (await agent.FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_of_a_key_gets_a_link_that_names_its_client_and_ends_with_the_session()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var (session, link) = await agent.SessionLinkAsync();

        var page = await browser.SignInAsync(await browser.GetAsync(link));
        page.Text.ShouldContain("The virtual key agent needs a connection");
        page.Text.ShouldContain("Example app");
        (await browser.GetAsync(Callback(await browser.ApproveAsync(page)))).Title.ShouldStartWith("Connected");
        (await agent.FindAsync()).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);

        agent.Host.Time.Advance(TimeSpan.FromMinutes(1));
        var (ended, next) = await agent.SessionLinkAsync();
        var away = await browser.ApproveAsync(await browser.GetAsync(next));
        await agent.Host.Get<SessionRevoker>().RevokeAsync(ended.Id, RevocationReasons.UserRequest, "user:x", new(null, null));
        (await browser.GetAsync(Callback(away))).ErrorId.ShouldNotBeNull();
        (await browser.GetAsync(next)).ErrorId.ShouldBe("connect_link_unknown");
        (await agent.FindAsync()).ShouldBeNull();
        session.Id.ShouldNotBe(ended.Id);
    }

    [Fact]
    public async Task What_belongs_to_the_session_of_a_key_is_bound_to_it_and_what_would_for_the_key_itself_is_the_keys()
    {
        var own = AuthorizationSamples.Cloud with { Owner = ProviderOwner.Session };
        await using var agent = await VirtualKeyConnecting.StartAsync([new(own)]);
        using var browser = agent.Host.CreateBrowser();
        var (session, link) = await agent.SessionLinkAsync();

        (await browser.GetAsync(Callback(await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)))))).Title.ShouldStartWith("Connected");
        (await browser.GetAsync(Callback(await browser.ApproveAsync(await browser.GetAsync(await agent.LinkAsync()))))).Title.ShouldStartWith("Connected");

        var ofSession = await agent.Host.Get<ICredentialStore>().FindAsync(new(new(CredentialOwnerKind.Session, session.Id.ToString()), "cloud"), default);
        ofSession.ShouldNotBeNull().Binding.ShouldBe(new CredentialBinding(agent.Subject, session.ClientId));
        (await agent.FindAsync()).ShouldNotBeNull().Binding.ShouldBeNull();
    }

    [Fact]
    public async Task The_audit_trail_says_who_connected_which_key_for_a_session_of_it()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync([new(AuthorizationSamples.Cloud with { Owner = ProviderOwner.Session })]);
        using var browser = agent.Host.CreateBrowser();
        var (session, link) = await agent.SessionLinkAsync();
        var person = Subject.User((await agent.Host.FindUserAsync("person1")).Id).ToString();

        (await browser.GetAsync(Callback(await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link)))))).Title.ShouldStartWith("Connected");

        var key = "vk:" + agent.Key.Id;
        (await agent.TrailAsync(AuditActions.ConnectionApproved)).ShouldBe([(person, key)]);
        (await agent.TrailAsync(AuditActions.ConnectionCompleted)).ShouldBe([(person, key)]);
        (await agent.TrailAsync(AuditActions.CredentialStored)).ShouldBe(
            [(person, $"credential:session:{session.Id}@cloud"), (key, $"credential:session:{session.Id}@cloud")], "the key itself when it opened the session, and the person now");
    }

    [Theory]
    [InlineData("grant taken back")]
    [InlineData("deactivated")]
    public async Task Values_that_are_typed_in_for_a_key_are_not_kept_when_it_loses_its_right_while_they_are_tried(string how)
    {
        var typed = AuthorizationSamples.Cloud with { Name = "typed", DisplayName = "Typed", Kind = ProviderKind.Headers, Issuer = null, Headers = [new("x-api-key", "API key", true, "")] };
        VirtualKeyConnecting? agent = null;
        var ends = false;
        await using var upstream = await ScriptedUpstream.StartAsync(async context =>
        {
            if (ends)
            {
                await agent!.EndAsync(how);
            }

            await ScriptedUpstream.Ok(context);
        });
        await using var _ = agent = await VirtualKeyConnecting.StartAsync([new(typed)], resource => resource with { Upstream = upstream.Url });
        using var browser = agent.Host.CreateBrowser();
        var form = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(await agent.LinkAsync())));
        form.Title.ShouldStartWith("Connect Typed");

        ends = true;
        (await browser.SubmitAsync(form, ("header.x-api-key", "value"), ("decision", "connect"))).Title.ShouldStartWith("Nothing was connected");
        upstream.Requests.Count.ShouldBe(1);
        (await agent.FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_link_for_a_key_lives_ten_minutes_from_its_call_and_not_from_its_opening()
    {
        await using var agent = await VirtualKeyConnecting.StartAsync();
        using var browser = agent.Host.CreateBrowser();
        var link = await agent.LinkAsync();
        agent.Host.Time.Advance(TimeSpan.FromMinutes(9));
        var page = await browser.SignInAsync(await browser.GetAsync(link));
        agent.Host.Time.Advance(TimeSpan.FromMinutes(1));

        (await browser.ApproveAsync(page)).ErrorId.ShouldBe("connect_link_unknown");
        agent.Host.OwnLogs.ShouldNotContain(link[ConnectLinks.PathPrefix.Length..]);
    }
}
