using DemoUpstream;
using DemoUpstream.Control;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>The whole flow with a real OpenID provider behind it, over real connections.</summary>
public sealed class DemoProviderFlowTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _outside = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private DemoUpstreamApp _demo = null!;
    private AuthorizationHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _demo = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { RedirectUris = [AuthorizationHost.Issuer + "/upstream/callback"] }, _time);
        var provider = new Provider
        {
            Name = "demo",
            DisplayName = "Demo",
            Kind = ProviderKind.Oidc,
            Issuer = _demo.BaseAddress,
            ClientId = "demo-client",
            ClientSecret = "demo-client-secret",
            ClientAuthMethod = "client_secret_basic",
            Scopes = ["mcp"],
            SignIn = true,
        };
        _host = await AuthorizationHost.StartAsync(provider: provider, time: _time, services: services =>
        {
            services.AddSingleton<IHostResolver, SystemHostResolver>();
            services.AddSingleton<GuardedHttp>();
            services.AddSingleton<UpstreamClient>();
            services.AddSingleton<IUpstreamLegs, UpstreamLegs>();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _demo.DisposeAsync();
        _outside.Dispose();
    }

    /// <summary>Follows a redirect to the provider, which approves at once, and brings its answer back.</summary>
    private async Task<Page> VisitProviderAsync(Browser browser, Page redirect)
    {
        redirect.Location.ShouldNotBeNull().ShouldStartWith(_demo.BaseAddress + "/");
        using var answer = await _outside.GetAsync(redirect.Location);
        var back = answer.Headers.Location.ShouldNotBeNull().OriginalString;
        back.ShouldStartWith(AuthorizationHost.Issuer + "/upstream/callback?");
        return await browser.GetAsync(back[AuthorizationHost.Issuer.Length..]);
    }

    private async Task<Page> SignInAsync(Browser browser)
    {
        var page = await browser.AuthorizeAsync(("resource", AuthorizationHost.FilesUri), ("scope", null));
        return await VisitProviderAsync(browser, await browser.GetAsync(page.Document.QuerySelector(".choices a")!.GetAttribute("href")!));
    }

    [Fact]
    public async Task A_person_signs_in_and_connects_with_the_same_provider_in_two_legs()
    {
        using var browser = _host.CreateBrowser();
        var consent = await SignInAsync(browser);
        consent.Title.ShouldStartWith("Approve access");
        var done = await VisitProviderAsync(browser, await browser.ApproveAsync(consent));
        var session = await _host.FindSessionAsync(done.Query("code")!);
        session.Subject.Kind.ShouldBe(SubjectKind.User);
        (await _host.Get<ICredentialVault>().NeedsConnectionAsync(new CredentialKey(CredentialOwner.Of(session.Subject), "demo"), "demo", CancellationToken.None)).ShouldBeFalse();
        _demo.Counters[DemoCounter.TokenRequests].ShouldBe(2);

        using var again = _host.CreateBrowser();
        (await _host.FindSessionAsync((await SignInAsync(again)).Query("code")!)).Subject.ShouldBe(session.Subject);
    }

    [Theory]
    [InlineData(IdTokenFault.WrongNonce)]
    [InlineData(IdTokenFault.WrongKey)]
    [InlineData(IdTokenFault.NoSignature)]
    public async Task A_forged_identity_signs_nobody_in(IdTokenFault fault)
    {
        _demo.Switches = _demo.Switches with { IdTokenFault = fault };
        using var browser = _host.CreateBrowser();
        (await SignInAsync(browser)).ErrorId.ShouldBe("sign_in_provider_failed");
        browser.Cookies["__Host-kh_session"].ShouldBeNull();
    }

    [Fact]
    public async Task Saying_no_at_the_provider_is_told_to_the_client()
    {
        using var browser = _host.CreateBrowser();
        var consent = await SignInAsync(browser);
        _demo.Switches = _demo.Switches with { DenyAuthorization = true };
        (await VisitProviderAsync(browser, await browser.ApproveAsync(consent))).Query("error").ShouldBe("access_denied");
    }

    [Fact]
    public async Task An_answer_that_names_another_issuer_redeems_no_code()
    {
        using var browser = _host.CreateBrowser();
        var consent = await SignInAsync(browser);
        var before = _demo.Counters[DemoCounter.TokenRequests];
        _demo.Switches = _demo.Switches with { WrongAuthorizationIssuer = true };
        (await VisitProviderAsync(browser, await browser.ApproveAsync(consent))).ErrorId.ShouldBe("callback_mixed_up");
        _demo.Counters[DemoCounter.TokenRequests].ShouldBe(before);
    }
}
