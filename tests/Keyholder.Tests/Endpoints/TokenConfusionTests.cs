using Keyholder.Tokens;

namespace Keyholder.Tests.Endpoints;

/// <summary>One kind of token presented where another belongs.</summary>
public sealed class TokenConfusionTests
{
    [Fact]
    public async Task A_code_refreshes_nothing_a_refresh_token_redeems_nothing_and_neither_is_used_up_by_it()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        var tokens = await host.SignInAsync();

        TokenAnswer[] answers =
        [
            await host.RefreshAsync(code),
            await host.RefreshAsync("kh_rt_" + code["kh_ac_".Length..]),
            await host.RefreshAsync(tokens.AccessToken),
            await host.RedeemAsync(tokens.RefreshToken),
            await host.RedeemAsync("kh_ac_" + tokens.RefreshToken["kh_rt_".Length..]),
            await host.RedeemAsync(tokens.AccessToken),
        ];

        answers.Distinct().ShouldHaveSingleItem().Error.ShouldBe("invalid_grant");
        host.Sessions.Calls.ShouldBeEmpty();
        (await host.RedeemAsync(code)).Succeeded.ShouldBeTrue();
        (await host.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
        host.Validate(tokens.RefreshToken).ShouldBe(AccessTokenOutcome.Malformed);
        host.Validate(code).ShouldBe(AccessTokenOutcome.Malformed);
    }

    [Theory]
    [InlineData(29.999, true)]
    [InlineData(30, false)]
    public async Task The_retry_window_closes_at_its_moment(double seconds, bool open)
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();
        var second = await host.RefreshAsync(first.RefreshToken);
        host.Time.Advance(TimeSpan.FromSeconds(seconds));

        (await host.RefreshAsync(first.RefreshToken)).Succeeded.ShouldBe(open);

        (await host.RefreshAsync(second.RefreshToken)).Succeeded.ShouldBe(open);
    }

    [Fact]
    public async Task An_access_token_ends_at_its_moment()
    {
        await using var host = await TokenHost.StartAsync();
        var token = (await host.SignInAsync()).AccessToken;

        host.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        host.Validate(token).ShouldBe(AccessTokenOutcome.Valid);

        host.Time.Advance(TimeSpan.FromSeconds(1));
        host.Validate(token).ShouldBe(AccessTokenOutcome.Expired);
    }
}
