using System.Net;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Tests.Endpoints.Authorization.Device;

public sealed class DeviceCodeGrantTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_device_waits_is_approved_and_gets_the_same_session_as_everybody()
    {
        var (host, device) = await TestDevice.StartAsync(scope: "notes:read notes:write");
        await using var _ = host;
        using var browser = host.CreateBrowser();
        var pending = await device.PollAsync();
        (pending.Status, pending.Error).ShouldBe((HttpStatusCode.BadRequest, "authorization_pending"));

        var page = await device.ApproveAsync(browser);
        page.Title.ShouldStartWith("Your device is connected");
        host.Time.Advance(Interval);
        var tokens = await device.PollAsync(resource: AuthorizationHost.NotesUri);

        tokens.Succeeded.ShouldBeTrue(tokens.Body);
        tokens.Scope.ShouldBe("notes:read notes:write");
        host.Get<IAccessTokenValidator>().Validate(tokens.AccessToken, AuthorizationHost.NotesUri, out var token).ShouldBe(AccessTokenOutcome.Valid);
        var session = (await host.Get<ISessionStore>().FindAsync(token!.SessionId, default)).ShouldNotBeNull();
        session.Subject.ShouldBe(Subject.User((await host.FindUserAsync("person1")).Id));
        session.ClientId.ShouldBe(TestDevice.ClientId);
        (await device.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
        var audited = (await host.Get<IAuditStore>().ListAsync(100, default)).Where(audit => audit.Reason == "device").Select(audit => audit.Action);
        audited.Order().ShouldBe([AuditActions.ConsentGranted, AuditActions.SessionCreated]);
    }

    [Fact]
    public async Task A_denial_and_a_failed_provider_are_access_denied()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        var page = await browser.SubmitAsync(await browser.SignInAsync(await device.EnterAsync(browser)), ("decision", "deny"));
        page.Title.ShouldStartWith("Your device was not connected");
        (await device.PollAsync()).ShouldSatisfyAllConditions(
            answer => answer.Error.ShouldBe("access_denied"),
            answer => answer.Status.ShouldBe(HttpStatusCode.BadRequest));

        await device.BeginAsync(AuthorizationHost.FilesUri, "files:read");
        host.Legs.StartOutcome = Keyholder.Upstream.LegOutcome.Rejected;
        (await device.ApproveAsync(browser)).Title.ShouldStartWith("Your device was not connected");
        (await device.PollAsync()).Error.ShouldBe("access_denied");
    }

    [Fact]
    public async Task A_resource_with_a_provider_is_connected_on_the_way()
    {
        var (host, device) = await TestDevice.StartAsync(resource: AuthorizationHost.FilesUri, scope: "files:read");
        await using var _ = host;
        using var browser = host.CreateBrowser();

        var away = await device.ApproveAsync(browser);
        away.Location.ShouldStartWith("https://cloud.example/");
        (await device.PollAsync()).Error.ShouldBe("authorization_pending");
        var back = await browser.GetAsync($"/upstream/callback?code=c&iss={Uri.EscapeDataString("https://cloud.example")}&state={away.Query("state")}");

        back.Title.ShouldStartWith("Your device is connected");
        host.Time.Advance(Interval);
        (await device.PollAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_polls_too_often_waits_five_seconds_longer_each_time_even_once_approved()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        (await device.PollAsync()).Error.ShouldBe("authorization_pending");
        (await device.PollAsync()).Error.ShouldBe("slow_down");
        await device.ApproveAsync(browser);

        host.Time.Advance(TimeSpan.FromMilliseconds(9999));
        (await device.PollAsync()).Error.ShouldBe("slow_down");
        host.Time.Advance(TimeSpan.FromSeconds(15));
        (await device.PollAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_device_code_lives_ten_minutes()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        var abandoned = device.DeviceCode;
        await device.BeginAsync();
        await device.ApproveAsync(browser);
        host.Time.Advance(TimeSpan.FromMinutes(10));

        (await device.PollAsync(abandoned)).Error.ShouldBe("expired_token");
        (await device.PollAsync()).Error.ShouldBe("expired_token");
    }

    [Fact]
    public async Task Another_client_another_resource_and_made_up_codes_get_one_answer_and_spoil_nothing()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        var formats = host.Get<OpaqueTokenFormats>();
        formats.DeviceCode.TryParse(device.DeviceCode, out var code).ShouldBeTrue();

        TokenAnswer[] answers =
        [
            await device.PollAsync(client: "radio"),
            await device.PollAsync(resource: AuthorizationHost.FilesUri),
            await device.PollAsync("kh_dc_garbage"),
            await device.PollAsync(formats.AuthorizationCode.Format(code)),
            await device.PollAsync(formats.DeviceCode.Format(new OpaqueToken(code.SessionId, 0, TokenSecret.Create()))),
            await device.PollAsync(formats.DeviceCode.Format(new OpaqueToken(SessionId.Create(), 0, TokenSecret.Create()))),
        ];

        answers.ShouldAllBe(answer => answer.Body == """{"error":"invalid_grant","error_description":"The grant is invalid, expired or revoked."}""");
        (await device.PollAsync(client: "client-1")).Error.ShouldBe("unauthorized_client");
        (await device.PollAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_device_code_is_no_authorization_code_and_the_other_way_round()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        host.Clients[TestDevice.ClientId] = TestDevice.Client with { GrantTypes = [.. TestDevice.Client.GrantTypes, "authorization_code"] };
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        var formats = host.Get<OpaqueTokenFormats>();
        formats.DeviceCode.TryParse(device.DeviceCode, out var code).ShouldBeTrue();

        foreach (var text in new[] { device.DeviceCode, formats.AuthorizationCode.Format(code) })
        {
            (await device.PostAsync("/token", [("grant_type", "authorization_code"), ("client_id", TestDevice.ClientId), ("code", text), ("code_verifier", new string('a', 43))]))
                .Error.ShouldBe("invalid_grant");
        }

        (await device.PollAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_polls_at_once_one_gets_tokens_and_the_rest_are_told_to_slow_down()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => device.PollAsync())));

        var winner = answers.Where(answer => answer.Succeeded).ShouldHaveSingleItem();
        answers.Count(answer => answer.Error == "slow_down").ShouldBe(31);
        (await device.RefreshAsync(winner.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_with_the_same_refresh_token()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        var lost = await device.PollAsync();
        host.Time.Advance(Interval);

        var again = await device.PollAsync();

        again.Succeeded.ShouldBeTrue(again.Body);
        again.RefreshToken.ShouldBe(lost.RefreshToken);
        (await device.RefreshAsync(again.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(30, false)]
    public async Task A_second_holder_of_the_code_ends_the_session(int seconds, bool refreshed)
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        var tokens = await device.PollAsync();
        var newest = refreshed ? await device.RefreshAsync(tokens.RefreshToken) : tokens;
        host.Time.Advance(TimeSpan.FromSeconds(seconds));

        (await device.PollAsync()).Error.ShouldBe("invalid_grant");

        (await device.RefreshAsync(newest.RefreshToken)).Error.ShouldBe("invalid_grant");
        host.Get<IAccessTokenValidator>().Validate(newest.AccessToken, AuthorizationHost.NotesUri, out var __).ShouldBe(AccessTokenOutcome.Revoked);
        (await host.Get<IAuditStore>().ListAsync(100, default)).ShouldContain(audit => audit.Reason == RevocationReasons.DeviceCodeReuse);
    }

    [Fact]
    public async Task A_replay_by_another_client_ends_nothing()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        var tokens = await device.PollAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));

        (await device.PollAsync(client: "radio")).Error.ShouldBe("invalid_grant");

        (await device.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_without_refresh_tokens_gets_none()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        host.Clients[TestDevice.ClientId] = TestDevice.Client with { GrantTypes = TestDevice.Client.GrantTypes.Take(1).ToArray() };
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);

        (await device.PollAsync()).Body.ShouldNotContain("refresh_token");
        host.Time.Advance(Interval);
        (await device.PollAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Neither_code_is_logged()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        using var browser = host.CreateBrowser();
        await device.ApproveAsync(browser);
        await device.PollAsync();

        host.OwnLogs.ShouldNotContain(device.DeviceCode);
        host.OwnLogs.ShouldNotContain(device.UserCode);
    }
}
