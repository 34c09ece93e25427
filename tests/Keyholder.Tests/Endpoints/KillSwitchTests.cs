using System.Net;
using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

/// <summary>The kill switch in the whole server: what it matches is refused at every door, and what it does not goes on.</summary>
public sealed class KillSwitchTests : IAsyncLifetime
{
    private static readonly RequestOrigin Origin = new(null, null);

    private TokenHost _host = null!;

    public static TheoryData<RevocationTargetKind> Kinds => [.. Enum.GetValues<RevocationTargetKind>().Where(kind => kind is not (RevocationTargetKind.Token or RevocationTargetKind.VirtualKey))];

    public async ValueTask InitializeAsync() => _host = await TokenHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_revoked_is_dead_at_every_door_and_a_new_sign_in_is_not(RevocationTargetKind kind)
    {
        var tokens = await _host.SignInAsync();
        var open = (await _host.AuthorizeAsync()).Code;
        var ended = 0;
        using var stream = Watch(tokens.AccessToken, () => ended++);

        var result = await RevokeAsync(kind, tokens);

        result.Sessions.ShouldBe(kind == RevocationTargetKind.Session ? 1 : 2);
        ended.ShouldBe(1);
        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await _host.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
        (await _host.RedeemAsync(open)).Error.ShouldBe(kind == RevocationTargetKind.Session ? null : "invalid_grant");
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        var fresh = await _host.SignInAsync();
        _host.Validate(fresh.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await _host.RefreshAsync(fresh.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_in_quarantine_is_refused_at_every_door_and_works_again_once_lifted(RevocationTargetKind kind)
    {
        var tokens = await _host.SignInAsync();
        var open = (await _host.AuthorizeAsync()).Code;
        var ended = 0;
        using var stream = Watch(tokens.AccessToken, () => ended++);

        var result = await RevokeAsync(kind, tokens, quarantine: true);

        ended.ShouldBe(1);
        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await _host.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
        if (kind != RevocationTargetKind.Session)
        {
            (await _host.RedeemAsync(open)).Error.ShouldBe("invalid_grant");
        }

        (await Switch.LiftAsync(result.Id!.Value, "system", Origin)).ShouldBe(LiftOutcome.Lifted);
        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await _host.RedeemAsync(open)).Succeeded.ShouldBeTrue();
        var refreshed = await _host.RefreshAsync(tokens.RefreshToken);
        refreshed.Succeeded.ShouldBeTrue(refreshed.Body);
        _host.Validate(refreshed.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
    }

    [Fact]
    public async Task While_a_quarantine_stands_a_sign_in_from_after_it_is_refused_too()
    {
        var tokens = await _host.SignInAsync();
        await RevokeAsync(RevocationTargetKind.Client, tokens, quarantine: true);
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        (await _host.RedeemAsync((await _host.AuthorizeAsync()).Code)).Error.ShouldBe("invalid_grant");
        (await _host.RedeemAsync((await _host.AuthorizeAsync(client: "other")).Code, client: "other")).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_for_good_is_not_lifted_by_lifting_a_quarantine_over_it()
    {
        var tokens = await _host.SignInAsync();
        var quarantine = await RevokeAsync(RevocationTargetKind.Client, tokens, quarantine: true);
        var permanent = await RevokeAsync(RevocationTargetKind.Client, tokens, value: "client");

        (await Switch.LiftAsync(quarantine.Id!.Value, "system", Origin)).ShouldBe(LiftOutcome.Lifted);
        (await Switch.LiftAsync(permanent.Id!.Value, "system", Origin)).ShouldBe(LiftOutcome.Permanent);

        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await _host.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_refresh_costs_one_store_call_while_no_quarantine_stands()
    {
        var tokens = await _host.SignInAsync();
        await RevokeAsync(RevocationTargetKind.Client, tokens, value: "someone-else");
        _host.Sessions.Clear();

        (await _host.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();

        _host.Sessions.Calls.ShouldBe([nameof(ISessionStore.RotateAsync)]);
    }

    [Fact]
    public async Task Refreshes_that_race_a_revocation_leave_nothing_alive()
    {
        var sessions = new List<TokenAnswer>();
        for (var i = 0; i < 16; i++)
        {
            sessions.Add(await _host.SignInAsync());
        }

        var refreshes = sessions.Select(s => Task.Run(() => _host.RefreshAsync(s.RefreshToken))).ToList();
        await Task.Run(() => RevokeAsync(RevocationTargetKind.Client, sessions[0]));
        var answers = await Task.WhenAll(refreshes);

        foreach (var answer in answers.Where(a => a.Succeeded))
        {
            _host.Validate(answer.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
            (await _host.RefreshAsync(answer.RefreshToken)).Error.ShouldBe("invalid_grant");
        }

        answers.Where(a => !a.Succeeded).ShouldAllBe(a => a.Error == "invalid_grant");
    }

    [Fact]
    public async Task A_node_that_lost_the_log_answers_503_everywhere_and_says_so_until_it_is_back()
    {
        var log = new FailingRevocationLog();
        await using var host = await KeyholderHost.StartAsync(
            configuration => configuration with { Revocation = new RevocationOptions() },
            services => services.AddSingleton<IRevocationStore>(provider => log.Over((IRevocationStore)services.First(s => s.ServiceType == typeof(IRevocationStore)).ImplementationInstance!)));
        using var http = host.CreateClient();
        (await http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

        log.Fails = true;
        host.Time.Advance(TimeSpan.FromSeconds(30));
        using var ready = await http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);

        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("revocation log is not confirmed\n");
        log.Fails = false;
        await host.Services.GetRequiredService<RevocationFeed>().PollAsync(TestContext.Current.CancellationToken);
        (await http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refresh_and_a_redemption_wait_for_a_log_that_is_known()
    {
        var tokens = await _host.SignInAsync();
        var code = (await _host.AuthorizeAsync()).Code;
        var index = _host.Services.GetRequiredService<RevocationIndex>();
        index.Confirm(_host.Time.GetUtcNow().AddYears(-11));

        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.RevocationUnknown);
        foreach (var answer in new[]
        {
            await _host.RefreshAsync(tokens.RefreshToken),
            await _host.RedeemAsync(code),
            await _host.PostToAsync("/revoke", ("client_id", "client"), ("token", tokens.AccessToken)),
            await _host.PostToAsync("/introspect", ("client_id", "checker"), ("token", tokens.AccessToken)),
        })
        {
            (answer.Status, answer.Error).ShouldBe((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"));
            answer.Headers.ShouldContain("Retry-After: ");
        }

        index.Confirm(_host.Time.GetUtcNow());
        (await _host.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
        (await _host.RedeemAsync(code)).Succeeded.ShouldBeTrue();
    }

    private KillSwitch Switch => _host.Services.GetRequiredService<KillSwitch>();

    private IDisposable Watch(string accessToken, Action onRevoked)
    {
        _host.Services.GetRequiredService<IAccessTokenValidator>().Validate(accessToken, TokenHost.Resource.Uri, out var token).ShouldBe(AccessTokenOutcome.Valid);
        return _host.Services.GetRequiredService<IRevocationWatcher>().Watch(token!, onRevoked);
    }

    private Task<RevocationResult> RevokeAsync(RevocationTargetKind kind, TokenAnswer tokens, bool quarantine = false, string? value = null)
    {
        _host.Services.GetRequiredService<IAccessTokenInspector>().Inspect(tokens.AccessToken, out var token);
        value ??= kind switch
        {
            RevocationTargetKind.Session => token!.SessionId.ToString(),
            RevocationTargetKind.Subject => token!.Subject.ToString(),
            RevocationTargetKind.Client => token!.ClientId,
            RevocationTargetKind.Provider => "github",
            RevocationTargetKind.Resource => "notes",
            _ => "",
        };
        var resources = _host.Services.GetRequiredService<Keyholder.Resources.IResourceSource>().Current;
        var (planned, _) = RevocationPolicy.Plan(new(new(kind, value)) { Quarantine = quarantine }, resources, _host.Time.GetUtcNow());
        return Switch.RevokeAsync(planned!, "system", Origin);
    }
}
