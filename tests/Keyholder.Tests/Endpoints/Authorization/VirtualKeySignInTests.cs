using System.Net;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.VirtualKeys;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class VirtualKeySignInTests : IAsyncLifetime
{
    private static readonly RequestOrigin Nowhere = new(null, null);
    private AuthorizationHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthorizationHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_key_at_the_sign_in_page_leads_to_consent_and_to_a_session_bound_to_the_key()
    {
        var (key, text) = await CreateAsync("notes");
        using var browser = _host.CreateBrowser();

        var consent = await browser.SubmitAsync(await browser.AuthorizeAsync(), ("virtual_key", text));
        consent.Title.ShouldStartWith("Approve access");
        consent.Text.ShouldContain("virtual key " + key.Id);
        var session = await _host.FindSessionAsync((await browser.ApproveAsync(consent)).Query("code").ShouldNotBeNull());

        session.Subject.ShouldBe(new Subject(SubjectKind.VirtualKey, key.Id));
        browser.Cookies["__Host-kh_session"].ShouldBeNull("Nobody is signed in by a key.");
        _host.OwnLogs.ShouldNotContain(text);
        consent.Html.ShouldNotContain(text);
    }

    [Fact]
    public async Task A_key_signs_in_for_its_own_request_alone()
    {
        var (_, text) = await CreateAsync("notes");
        using var browser = _host.CreateBrowser();
        await browser.SubmitAsync(await browser.AuthorizeAsync(), ("virtual_key", text));

        (await browser.AuthorizeAsync()).Title.ShouldStartWith("Sign in");
    }

    [Theory]
    [InlineData("garbage", HttpStatusCode.Unauthorized)]
    [InlineData("rotated", HttpStatusCode.Unauthorized)]
    [InlineData("deactivated", HttpStatusCode.Forbidden)]
    [InlineData("not granted", HttpStatusCode.Forbidden)]
    public async Task A_key_that_may_not_use_the_resource_stays_at_the_sign_in_page(string what, HttpStatusCode status)
    {
        var (key, text) = await CreateAsync(what == "not granted" ? "files" : "notes");
        using var browser = _host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        if (what == "rotated")
        {
            await _host.Get<VirtualKeyRegistry>().RotateAsync(key.Id, TimeSpan.Zero, "system", Nowhere, default);
        }
        else if (what == "deactivated")
        {
            await VirtualKeyRegistry.UpdateAsync(_host.Get<IVirtualKeyStore>(), key.Id, new() { Active = false }, "system", Nowhere, _host.Time.GetUtcNow(), default);
        }

        var answer = await browser.SubmitAsync(page, ("virtual_key", what == "garbage" ? text + "A" : text));

        answer.Status.ShouldBe(status);
        answer.Title.ShouldStartWith("Sign in");
        answer.Html.ShouldNotContain(text);
        (await _host.Get<IAuthorizationRequestStore>().FindAsync(page.RequestId, default)).ShouldNotBeNull().Subject.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_that_ends_between_its_judgement_and_the_sign_in_does_not_sign_in()
    {
        var keyId = "";
        IVirtualKeyStore? keys = null;
        await using var host = await AuthorizationHost.StartAsync(services: services => services.AddSingleton(provider =>
        {
            var storage = provider.GetRequiredService<IKeyholderStorage>();
            keys = storage.VirtualKeys;
            return Interposed.Before(storage.AuthorizationRequests, nameof(IAuthorizationRequestStore.SignInKeyAsync), () => VirtualKeyRegistry.DeleteAsync(
                storage.VirtualKeys, keyId, "system", Nowhere, provider.GetRequiredService<TimeProvider>().GetUtcNow(), default));
        }));
        var (key, text) = await CreateAsync(host, "notes");
        keyId = key.Id;
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();

        var answer = await browser.SubmitAsync(page, ("virtual_key", text));

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Title.ShouldStartWith("Sign in");
        (await keys!.FindAsync(keyId, default)).ShouldBeNull();
        (await host.Get<IAuthorizationRequestStore>().FindAsync(page.RequestId, default)).ShouldNotBeNull().Subject.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_beside_another_credential_is_a_conflict()
    {
        var (_, text) = await CreateAsync("notes");
        using var browser = _host.CreateBrowser();
        var page = await browser.AuthorizeAsync();

        (await browser.SubmitAsync(page, ("virtual_key", text), ("username", "person1"), ("password", AuthorizationHost.Password))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.SubmitAsync(page, ("virtual_key", text), ("password", "x"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        browser.Cookies["__Host-kh_session"].ShouldBeNull();

        using var signedIn = _host.CreateBrowser();
        var first = await signedIn.AuthorizeAsync();
        await signedIn.SignInAsync(await signedIn.AuthorizeAsync());
        (await signedIn.SubmitAsync(first, ("virtual_key", text))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private Task<(VirtualKey Key, string Text)> CreateAsync(string resource) => CreateAsync(_host, resource);

    private static async Task<(VirtualKey Key, string Text)> CreateAsync(AuthorizationHost host, string resource)
    {
        var (_, key, text) = await host.Get<VirtualKeyRegistry>().CreateAsync("agent", null, null, "system", Nowhere, default);
        await host.Get<GrantRegistry>().PutAsync(key.Id, new Grant(resource, null), "system", Nowhere);
        return (key, text!);
    }
}
