using System.Net;
using AuthorizationOptions = Keyholder.Authorization.AuthorizationOptions;

namespace Keyholder.Tests.Endpoints.Authorization.Device;

public sealed class UserCodePageTests
{
    [Fact]
    public async Task A_link_fills_the_code_in_with_a_warning_and_does_nothing_more()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var page = await browser.GetAsync("/device?user_code=" + device.UserCode.ToLowerInvariant());

        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Document.QuerySelector("#user_code")!.GetAttribute("value").ShouldBe(device.UserCode);
        page.Text.ShouldContain("If somebody sent you this code or link, close this page");
        page.Text.ShouldNotContain("Example TV");
        page.Header("Cache-Control").ShouldContain("no-store");
        (await device.PollAsync()).Error.ShouldBe("authorization_pending");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("BCDF-GHJ1")]
    [InlineData("")]
    public async Task A_link_fills_in_nothing_but_a_code(string code)
    {
        var (host, _) = await TestDevice.StartAsync();
        await using var __ = host;
        using var browser = host.CreateBrowser();

        var page = await browser.GetAsync("/device?user_code=" + Uri.EscapeDataString(code));

        page.Document.QuerySelector("#user_code")!.GetAttribute("value").ShouldBeNullOrEmpty();
        page.Html.ShouldNotContain("alert(1)");
    }

    [Fact]
    public async Task The_consent_page_says_who_gets_what_and_warns_of_codes_from_others()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var page = await browser.SignInAsync(await device.EnterAsync(browser, device.UserCode.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant()));

        page.Title.ShouldStartWith("Approve access");
        page.Text.ShouldContain("Example TV");
        page.Text.ShouldContain("It registered itself. Nobody has checked its name.");
        page.Text.ShouldContain("Read your notes");
        page.Text.ShouldContain(AuthorizationHost.NotesUri);
        page.Text.ShouldContain("the device or program whose code you entered, wherever it is");
        page.Text.ShouldContain("Whoever gave you the code gets the access.");
        page.Text.ShouldNotContain("you are sent to");
        page.Header("Content-Security-Policy").ShouldContain("form-action 'self';");
    }

    [Fact]
    public async Task An_approval_is_asked_for_every_time()
    {
        var (host, device) = await TestDevice.StartAsync(new AuthorizationOptions { RememberConsentForNativeClients = true });
        await using var _ = host;
        using var browser = host.CreateBrowser();
        (await device.ApproveAsync(browser)).Title.ShouldStartWith("Your device is connected");
        await device.BeginAsync();

        (await device.EnterAsync(browser)).Title.ShouldStartWith("Approve access");
    }

    [Fact]
    public async Task A_form_that_was_not_shown_in_this_browser_begins_nothing()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();
        var page = await browser.GetAsync("/device");
        await other.GetAsync("/device");
        var token = page.Document.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        KeyValuePair<string, string>[] form = [new("user_code", device.UserCode), new("csrf", token)];

        (await other.PostAsync("/device", form, AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        (await browser.PostAsync("/device", form[..1], AuthorizationHost.Issuer)).ErrorId.ShouldBe("form_refused");
        (await browser.PostAsync("/device", form, "https://evil.example")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.PostAsync("/device", form, AuthorizationHost.Issuer)).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task Unknown_expired_and_malformed_codes_show_the_page_again()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var unknown = await device.EnterAsync(browser, "BBBB-BBBB");
        var malformed = await device.EnterAsync(browser, "hello");
        host.Time.Advance(TimeSpan.FromMinutes(10));
        var expired = await device.EnterAsync(browser);

        foreach (var page in new[] { unknown, malformed, expired })
        {
            page.Status.ShouldBe(HttpStatusCode.BadRequest);
            page.Text.ShouldContain("No device waits with that code.");
        }
    }

    [Fact]
    public async Task Guessing_is_stopped_per_browser_and_per_address_before_anything_is_looked_up()
    {
        var (host, device) = await TestDevice.StartAsync(new AuthorizationOptions { WrongUserCodesPerMinute = 3 });
        await using var _ = host;
        using var guesser = host.CreateBrowser();
        using var neighbour = host.CreateBrowser();
        for (var i = 0; i < 3; i++)
        {
            (await device.EnterAsync(guesser, "BBBB-BBBB")).Status.ShouldBe(HttpStatusCode.BadRequest);
        }

        var stopped = await device.EnterAsync(guesser);
        stopped.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        stopped.Header("Retry-After").ShouldBe("60");
        (await device.EnterAsync(neighbour)).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await device.EnterAsync(neighbour)).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task Right_codes_are_not_counted_as_guesses()
    {
        var (host, device) = await TestDevice.StartAsync(new AuthorizationOptions { WrongUserCodesPerMinute = 1 });
        await using var _ = host;
        using var browser = host.CreateBrowser();
        for (var i = 0; i < 3; i++)
        {
            (await device.EnterAsync(browser)).Title.ShouldStartWith("Sign in");
            await device.BeginAsync();
        }
    }

    [Fact]
    public async Task A_code_that_was_entered_belongs_to_that_browser()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        using var other = host.CreateBrowser();
        (await device.EnterAsync(browser)).Title.ShouldStartWith("Sign in");

        (await device.EnterAsync(other)).ErrorId.ShouldBe("request_other_browser");
        (await device.EnterAsync(browser)).Title.ShouldStartWith("Sign in");
        (await device.ApproveAsync(browser)).Title.ShouldStartWith("Your device is connected");
        (await device.EnterAsync(browser)).ErrorId.ShouldBe("request_finished");
    }

    [Fact]
    public async Task A_client_that_is_gone_or_may_no_longer_use_the_grant_is_not_approved()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        var page = await browser.SignInAsync(await device.EnterAsync(browser));
        host.Clients[TestDevice.ClientId] = TestDevice.Client with { GrantTypes = ["refresh_token"] };

        (await browser.ApproveAsync(page)).ErrorId.ShouldBe("authorize_client_unknown");
    }
}
