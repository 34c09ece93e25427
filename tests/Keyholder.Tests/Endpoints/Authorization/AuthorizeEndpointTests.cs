using System.Net;
using Keyholder.Authorization;
using Keyholder.Tests.Authorization;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class AuthorizeEndpointTests
{
    [Theory]
    [InlineData("client_id", null, "authorize_client_unknown")]
    [InlineData("client_id", "nobody", "authorize_client_unknown")]
    [InlineData("redirect_uri", "https://evil.example/", "authorize_redirect_uri_mismatch")]
    [InlineData("redirect_uri", "javascript:alert(1)", "authorize_redirect_uri_mismatch")]
    [InlineData("redirect_uri", "//evil.example", "authorize_redirect_uri_mismatch")]
    [InlineData("redirect_uri", "/\\evil.example", "authorize_redirect_uri_mismatch")]
    public async Task A_request_nobody_vouches_for_ends_on_a_page(string name, string? value, string error)
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync((name, value));
        (page.Status, page.ErrorId, page.Location).ShouldBe((HttpStatusCode.BadRequest, error, null));
        if (value is not null)
        {
            page.Html.ShouldNotContain(value);
        }
    }

    [Theory]
    [InlineData("&client_id=client-1", "authorize_parameter_repeated")]
    [InlineData("&redirect_uri=https%3A%2F%2Fevil.example", "authorize_parameter_repeated")]
    [InlineData("&x=%", "authorize_malformed")]
    [InlineData("&state2=%0d%0aLocation:%20https://evil.example", "authorize_malformed")]
    [InlineData("&x=%ff", "authorize_malformed")]
    public async Task An_ambiguous_request_ends_on_a_page(string suffix, string error)
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.GetAsync(Browser.AuthorizeUrl() + suffix);
        (page.Status, page.ErrorId, page.Location).ShouldBe((HttpStatusCode.BadRequest, error, null));
    }

    [Fact]
    public async Task Every_other_error_goes_to_the_client_with_state_and_issuer()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        (string Name, string? Value, string Error)[] cases =
        [
            ("code_challenge", null, "invalid_request"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("response_type", "token", "unsupported_response_type"),
            ("scope", "everything", "invalid_scope"),
            ("resource", "https://evil.example/mcp", "invalid_target"),
            ("resource", null, "invalid_target"),
            ("prompt", "none", "login_required"),
            ("request", "x", "request_not_supported"),
        ];
        foreach (var (name, value, error) in cases)
        {
            var page = await browser.AuthorizeAsync((name, value));
            page.Location.ShouldNotBeNull().ShouldStartWith(AuthorizationSamples.RedirectUri + "?error=");
            (page.Query("error"), page.Query("state"), page.Query("iss"), page.Query("code")).ShouldBe((error, "xyz", AuthorizationHost.Issuer, null));
            page.Header("Cache-Control").ShouldBe("no-store");
        }
    }

    [Fact]
    public async Task A_repeated_state_is_not_echoed()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.GetAsync(Browser.AuthorizeUrl() + "&state=other");
        (page.Query("error"), page.Query("state")).ShouldBe(("invalid_request", null));
    }

    [Fact]
    public async Task The_first_step_binds_the_browser_with_a_cookie_no_script_and_no_other_host_can_touch()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var http = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        using var response = await http.GetAsync(Browser.AuthorizeUrl());
        var cookie = response.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldStartWith("__Host-kh_browser=");
        cookie.Split(';', StringSplitOptions.TrimEntries)[1..].Order(StringComparer.Ordinal).ShouldBe(["httponly", "path=/", "samesite=lax", "secure"], ignoreOrder: true);
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task Pages_cannot_be_framed_cached_or_scripted()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        foreach (var page in new[] { await browser.AuthorizeAsync(), await browser.AuthorizeAsync(("client_id", "nobody")), await browser.GetAsync("/"), await browser.GetAsync("/sign-out") })
        {
            var csp = page.Header("Content-Security-Policy").Split(';', StringSplitOptions.TrimEntries);
            csp.ShouldContain("default-src 'none'");
            csp.ShouldContain("style-src 'self'");
            csp.ShouldContain("frame-ancestors 'none'");
            csp.ShouldContain("base-uri 'none'");
            csp.ShouldContain(directive => directive.StartsWith("form-action 'self'", StringComparison.Ordinal));
            page.Header("X-Frame-Options").ShouldBe("DENY");
            page.Header("Cache-Control").ShouldBe("no-store");
            page.Header("Referrer-Policy").ShouldBe("same-origin");
            page.Header("X-Content-Type-Options").ShouldBe("nosniff");
            page.Document.QuerySelectorAll("script, iframe, img, [style], [onclick]").ShouldBeEmpty();
            page.Document.QuerySelector("html")!.GetAttribute("lang").ShouldBe("en");
            page.Document.QuerySelectorAll("h1").Length.ShouldBe(1);
        }
    }

    [Fact]
    public async Task The_style_sheet_is_where_the_pages_say_and_may_be_kept()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var url = (await browser.GetAsync("/")).Document.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;
        var style = await browser.GetAsync(url);
        style.Status.ShouldBe(HttpStatusCode.OK);
        style.Header("Cache-Control").ShouldContain("immutable");
        style.Html.ShouldContain("prefers-color-scheme");
    }

    [Fact]
    public async Task A_form_post_from_the_clients_page_becomes_the_same_request()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var fields = AuthorizationSamples.Pairs().Where(pair => pair.Key != "resource").Append(new("resource", AuthorizationHost.NotesUri))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value!));
        var page = await browser.PostAsync("/authorize", fields, "https://app.example.com");
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Title.ShouldStartWith("Sign in");
        page.Header("Access-Control-Allow-Origin").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_landing_page_names_the_resources()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var page = await browser.GetAsync("/");
        page.Text.ShouldContain(AuthorizationHost.NotesUri);
        page.Text.ShouldContain("Team files");
    }

    [Fact]
    public async Task An_address_that_floods_the_endpoint_is_stopped_before_anything_is_stored_and_others_are_not()
    {
        await using var host = await AuthorizationHost.StartAsync(new AuthorizationOptions { RequestsPerAddressPerMinute = 3 });
        using var browser = host.CreateBrowser();
        for (var i = 0; i < 3; i++)
        {
            (await browser.AuthorizeAsync()).Title.ShouldStartWith("Sign in");
        }

        var refused = await browser.AuthorizeAsync();
        (refused.Status, refused.ErrorId, refused.Header("Retry-After")).ShouldBe((HttpStatusCode.TooManyRequests, "too_many_requests", "60"));
        refused.Location.ShouldBeNull();

        using var neighbour = new Browser(host.Server.CreateBrowser(IPAddress.Parse("192.0.2.7")));
        (await neighbour.AuthorizeAsync()).Title.ShouldStartWith("Sign in");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await browser.AuthorizeAsync()).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task Redirects_to_a_provider_count_too()
    {
        await using var host = await AuthorizationHost.StartAsync(new AuthorizationOptions { RequestsPerAddressPerMinute = 3 });
        using var browser = host.CreateBrowser();
        var page = await browser.AuthorizeAsync();
        for (var i = 0; i < 2; i++)
        {
            (await browser.GetAsync("/authorize/sign-in/cloud?request=" + page.RequestId)).Location.ShouldNotBeNull().ShouldStartWith("https://cloud.example/");
        }

        (await browser.GetAsync("/authorize/sign-in/cloud?request=" + page.RequestId)).ErrorId.ShouldBe("too_many_requests");
        host.Legs.Callbacks.Count.ShouldBe(2);

        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await browser.GetAsync("/authorize/sign-in/cloud?request=" + page.RequestId)).Location.ShouldNotBeNull();
    }
}
