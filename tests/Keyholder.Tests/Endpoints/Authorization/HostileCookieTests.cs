namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>A neighbour on a sibling domain can plant cookies of any name but <c>__Host-…</c>. Nothing he plants may be read as one.</summary>
public sealed class HostileCookieTests
{
    [Theory]
    [InlineData("__Host-kh_session={0}", true)]
    [InlineData("a=b; __Host-kh_session={0};", true)]
    [InlineData("theme=dark,__Host-kh_session={0}", false)]
    [InlineData("__host-kh_session={0}", false)]
    [InlineData("__Host-kh%5Fsession={0}", false)]
    [InlineData("\"__Host-kh_session\"={0}", false)]
    [InlineData("__Host-kh_session=\"{0}\"", false)]
    [InlineData("$Version=1,__Host-kh_session={0}", false)]
    [InlineData("__Host-kh_session={0}; __Host-kh_session={0}", false)]
    [InlineData("__Host-kh_session=x; __Host-kh_session={0}", false)]
    public async Task Only_the_cookie_a_browser_guards_signs_anybody_in(string header, bool signedIn)
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        await browser.ReachConsentAsync();
        var secret = browser.Cookies["__Host-kh_session"].ShouldNotBeNull();

        using var victim = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-out");
        request.Headers.TryAddWithoutValidation("Cookie", header.Replace("{0}", secret, StringComparison.Ordinal)).ShouldBeTrue();
        using var response = await victim.SendAsync(request, TestContext.Current.CancellationToken);

        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        page.Contains("This browser is signed in as", StringComparison.Ordinal).ShouldBe(signedIn);
        page.Contains("You are signed out", StringComparison.Ordinal).ShouldBe(!signedIn);
    }

    [Fact]
    public async Task A_planted_browser_binding_does_not_let_a_victim_finish_what_an_attacker_began()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var attacker = host.CreateBrowser();
        var planted = await attacker.ReachConsentAsync();

        using var victim = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/authorize/continue?request=" + planted.RequestId);
        request.Headers.TryAddWithoutValidation(
            "Cookie", $"x=y; __host-kh_browser={attacker.Cookies["__Host-kh_browser"]}; __host-kh_session={attacker.Cookies["__Host-kh_session"]}").ShouldBeTrue();
        using var response = await victim.SendAsync(request, TestContext.Current.CancellationToken);

        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("request_other_browser");
    }
}
