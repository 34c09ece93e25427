using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Web;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Tests.Endpoints.Authorization;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Tests.Endpoints.Api;

/// <summary>From the authorization page to the API, as a client goes.</summary>
public sealed class ApiAuthorizationFlowTests
{
    private const string Api = AuthorizationHost.Issuer + "/api";

    [Fact]
    public async Task A_client_a_user_approved_for_the_API_gets_a_session_whose_token_opens_it()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();

        var consent = await browser.ReachConsentAsync(("resource", Api), ("scope", null));
        consent.Html.ShouldContain("See the apps you have connected");
        var session = await host.FindSessionAsync(Code(await browser.ApproveAsync(consent)));

        session.Scopes.ShouldBe([ApiResource.SessionsScope]);
        using var http = host.Server.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Get<AccessTokenIssuer>().Issue(session, session.Scopes).Token);
        var listed = JsonDocument.Parse(await http.GetStringAsync("/api/oauth2/sessions")).RootElement.GetProperty("sessions");
        listed.EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(session.Id.ToString());
        (await http.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_user_who_is_no_administrator_cannot_grant_the_admin_scope()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();

        var answer = await browser.SignInAsync(await browser.AuthorizeAsync(("resource", Api), ("scope", "keyholder:admin keyholder:sessions")));

        HttpUtility.ParseQueryString(new Uri(answer.Location!).Query)["error"].ShouldBe("access_denied");
    }

    [Fact]
    public async Task An_administrator_can_and_reconsent_makes_the_next_authorization_ask_again()
    {
        await using var host = await AuthorizationHost.StartAsync(new Keyholder.Authorization.AuthorizationOptions { RememberConsentForNativeClients = true });
        await host.Get<LocalUserService>().AddAdministratorAsync("root", AuthorizationHost.Password, null, "system", default);
        using var browser = host.CreateBrowser();
        (string, string?)[] request = [("resource", Api), ("scope", "keyholder:admin")];
        var consent = await browser.SignInAsync(await browser.AuthorizeAsync(request), "root");
        var session = await host.FindSessionAsync(Code(await browser.ApproveAsync(consent)));
        session.Scopes.ShouldBe([ApiResource.AdminScope]);
        Code(await browser.AuthorizeAsync(request)).ShouldNotBeEmpty();
        using var http = host.Server.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Get<AccessTokenIssuer>().Issue(session, session.Scopes).Token);
        (await http.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await http.PostAsync($"/api/oauth2/sessions/{session.Id}/reconsent", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await browser.AuthorizeAsync(request)).Title.ShouldStartWith("Approve access");
        (await host.Get<ISessionStore>().FindAsync(session.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    private static string Code(Page page) =>
        HttpUtility.ParseQueryString(new Uri(page.Location.ShouldNotBeNull(page.Html)).Query)["code"].ShouldNotBeNull();
}
