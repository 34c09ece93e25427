using System.Net;
using System.Text;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Tests.Gateway;
using Keyholder.Vault;
using Microsoft.AspNetCore.Http;
using AuthorizationOptions = Keyholder.Authorization.AuthorizationOptions;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class HeaderLegTests
{
    private const string Canary = "typed-in-canary";

    private static readonly Provider Typed = AuthorizationSamples.Cloud with
    {
        Name = "typed",
        DisplayName = "Typed",
        Kind = ProviderKind.Headers,
        Issuer = null,
        Headers = [new("x-api-key", "API key", true, "Key "), new("x-tenant", "Tenant", false, "")],
    };

    private static readonly (string, string?)[] Files = [("resource", AuthorizationHost.FilesUri), ("scope", "files:read")];

    private static async Task<(AuthorizationHost Host, ScriptedUpstream Upstream)> StartAsync(RequestDelegate? answer = null, AuthorizationOptions? options = null)
    {
        var upstream = await ScriptedUpstream.StartAsync(answer ?? ScriptedUpstream.Ok);
        return (await AuthorizationHost.StartAsync(options, configure: resource => resource with { Upstream = upstream.Url }, providers: [new(Typed)]), upstream);
    }

    private static async Task<Page> ReachFormAsync(Browser browser)
    {
        var page = await browser.ApproveAsync(await browser.ReachConsentAsync(Files));
        page.Title.ShouldStartWith("Connect Typed");
        return page;
    }

    private static async Task<StoredCredential?> FindAsync(AuthorizationHost host) => await host.Get<ICredentialStore>().FindAsync(
        new(new CredentialOwner(CredentialOwnerKind.User, (await host.FindUserAsync("person1")).Id), "typed"), default);

    [Fact]
    public async Task Values_are_tried_at_the_upstream_then_sealed_and_never_shown()
    {
        var (host, upstream) = await StartAsync();
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();
        var form = await ReachFormAsync(browser);
        form.Document.QuerySelectorAll("input[type=password]").Select(input => (input.GetAttribute("name"), input.GetAttribute("value"))).ShouldBe([("header.x-api-key", null), ("header.x-tenant", null)]);
        form.Text.ShouldContain("Tenant (optional)");

        var done = await browser.SubmitAsync(form, ("header.x-api-key", Canary), ("header.x-evil", "dropped"), ("decision", "connect"));

        done.Query("code").ShouldNotBeNull();
        var stored = (await host.Get<IAuditStore>().ListAsync(100, default)).Where(e => e.Action == AuditActions.CredentialStored).ShouldHaveSingleItem();
        (stored.RemoteAddress, stored.RequestId is { Length: > 0 }).ShouldBe(("127.0.0.1", true));
        upstream.Requests.ShouldHaveSingleItem().Headers["x-api-key"].ShouldBe("Key " + Canary);
        upstream.Last.Headers.Keys.ShouldNotContain("x-evil");
        Encoding.UTF8.GetString(upstream.Last.Body).ShouldContain("\"method\":\"initialize\"");
        (await FindAsync(host)).ShouldNotBeNull().Kind.ShouldBe(CredentialKind.Headers);
        host.OwnLogs.ShouldNotContain(Canary);
        (await browser.AuthorizeAsync(Files)).Query("code").ShouldNotBeNull();
    }

    [Theory]
    [InlineData(401, HttpStatusCode.UnprocessableEntity)]
    [InlineData(403, HttpStatusCode.UnprocessableEntity)]
    [InlineData(302, HttpStatusCode.UnprocessableEntity)]
    [InlineData(500, HttpStatusCode.ServiceUnavailable)]
    [InlineData(429, HttpStatusCode.ServiceUnavailable)]
    public async Task Values_the_upstream_does_not_take_are_not_stored_and_not_shown_again(int answer, HttpStatusCode expected)
    {
        var (host, upstream) = await StartAsync(context =>
        {
            context.Response.StatusCode = answer;
            return context.Response.WriteAsync(Canary);
        });
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var page = await browser.SubmitAsync(await ReachFormAsync(browser), ("header.x-api-key", Canary), ("decision", "connect"));

        page.Status.ShouldBe(expected);
        page.Html.ShouldNotContain(Canary);
        (await FindAsync(host)).ShouldBeNull();
        host.OwnLogs.ShouldNotContain(Canary);
    }

    [Theory]
    [InlineData("", "Missing: API key.")]
    [InlineData("   ", "Missing: API key.")]
    [InlineData("a\r\nx-injected: 1", "The form could not be read")]
    [InlineData("tab\there", "The form could not be read")]
    [InlineData("schlüssel", "Not usable as entered: API key.")]
    public async Task Values_that_are_missing_or_no_header_can_carry_never_go_out(string value, string problem)
    {
        var (host, upstream) = await StartAsync();
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var page = await browser.SubmitAsync(await ReachFormAsync(browser), ("header.x-api-key", value), ("decision", "connect"));

        page.Status.ShouldBe(HttpStatusCode.BadRequest);
        page.Text.ShouldContain(problem);
        upstream.Requests.ShouldBeEmpty();
        (await FindAsync(host)).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_that_the_trial_opened_is_closed_again()
    {
        var (host, upstream) = await StartAsync(context =>
        {
            context.Response.Headers["Mcp-Session-Id"] = "trial";
            return ScriptedUpstream.Ok(context);
        });
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();

        await browser.SubmitAsync(await ReachFormAsync(browser), ("header.x-api-key", Canary), ("decision", "connect"));

        upstream.Requests.Select(request => request.Method).ShouldBe(["POST", "DELETE"]);
        upstream.Last.Headers["Mcp-Session-Id"].ShouldBe("trial");
    }

    [Fact]
    public async Task Nobody_finds_out_by_trying_what_the_upstream_takes()
    {
        var (host, upstream) = await StartAsync(
            context =>
            {
                context.Response.StatusCode = 401;
                return Task.CompletedTask;
            },
            new() { RequestsPerAddressPerMinute = 4 });
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();
        var form = await ReachFormAsync(browser);

        Page page;
        var tries = 0;
        do
        {
            page = await browser.SubmitAsync(form, ("header.x-api-key", Canary), ("decision", "connect"));
        }
        while (page.Status == HttpStatusCode.UnprocessableEntity && ++tries < 10);

        page.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        tries.ShouldBeInRange(1, 4);
        upstream.Requests.Count.ShouldBe(tries);
        (await FindAsync(host)).ShouldBeNull();

        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await browser.SubmitAsync(form, ("header.x-api-key", Canary), ("decision", "connect"))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_session_of_the_trial_that_cannot_be_closed_changes_nothing()
    {
        var (host, upstream) = await StartAsync(context =>
        {
            if (context.Request.Method == "DELETE")
            {
                context.Abort();
                return Task.CompletedTask;
            }

            context.Response.Headers["Mcp-Session-Id"] = "trial";
            return ScriptedUpstream.Ok(context);
        });
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var done = await browser.SubmitAsync(await ReachFormAsync(browser), ("header.x-api-key", Canary), ("decision", "connect"));

        done.Query("code").ShouldNotBeNull();
        (await FindAsync(host)).ShouldNotBeNull();
        upstream.Last.Method.ShouldBe("DELETE");
    }

    [Fact]
    public async Task Values_whose_trial_outlives_the_request_are_not_stored()
    {
        AuthorizationHost? running = null;
        var (host, upstream) = await StartAsync(context =>
        {
            running!.Time.Advance(new AuthorizationOptions().RequestLifetime);
            return ScriptedUpstream.Ok(context);
        });
        running = host;
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();

        await browser.SubmitAsync(await ReachFormAsync(browser), ("header.x-api-key", Canary), ("decision", "connect"));

        upstream.Requests.ShouldHaveSingleItem();
        (await FindAsync(host)).ShouldBeNull();
    }

    [Fact]
    public async Task A_form_of_another_browser_stores_nothing()
    {
        var (host, upstream) = await StartAsync();
        await using var __ = upstream;
        await using var _ = host;
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();
        var form = await ReachFormAsync(browser);
        await other.AuthorizeAsync(Files);

        (await other.SubmitAsync(form, ("header.x-api-key", Canary), ("decision", "connect"))).ErrorId.ShouldBe("request_other_browser");

        upstream.Requests.ShouldBeEmpty();
    }
}
