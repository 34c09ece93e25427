using Keyholder.Storage;
using Keyholder.Upstream;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class ConnectionFlowStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_claimed_flow_comes_back_as_it_was_stored()
    {
        var connect = Sample.Flow(Now) with { Provider = Hostile, AuthorizationRequestId = Hostile };
        var signIn = Sample.Flow(Now) with { Purpose = ConnectionPurpose.SignIn, Owner = null };
        await Db.ConnectionFlows.AddAsync(connect, default);
        await Db.ConnectionFlows.AddAsync(signIn, default);

        foreach (var flow in new[] { connect, signIn })
        {
            var (outcome, claimed) = await ClaimAsync(flow);
            outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
            claimed.ShouldBeRow(flow);
        }
    }

    [Fact]
    public async Task A_flow_is_claimed_once()
    {
        var flow = await AddAsync();
        await ClaimAsync(flow);

        (await ClaimAsync(flow)).ShouldBe((ConnectionClaimOutcome.AlreadyClaimed, null));
    }

    [Fact]
    public async Task An_unknown_state_is_not_found()
    {
        (await ClaimAsync(Sample.Flow(Now))).ShouldBe((ConnectionClaimOutcome.NotFound, null));
    }

    [Fact]
    public async Task A_flow_expires_to_the_millisecond()
    {
        var flow = await AddAsync();

        (await ClaimAsync(flow, flow.ExpiresAt)).ShouldBe((ConnectionClaimOutcome.Expired, null));
        (await ClaimAsync(flow, flow.ExpiresAt.AddMilliseconds(-1))).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
    }

    [Fact]
    public async Task Another_browser_gets_nothing_and_spoils_nothing_whatever_the_state_of_the_flow()
    {
        var flow = await AddAsync();
        var other = flow with { BrowserHash = Sample.Hash() };

        (await ClaimAsync(other)).ShouldBe((ConnectionClaimOutcome.OtherBrowser, null));
        (await ClaimAsync(other, flow.ExpiresAt)).ShouldBe((ConnectionClaimOutcome.OtherBrowser, null));
        (await ClaimAsync(flow)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
        (await ClaimAsync(other)).ShouldBe((ConnectionClaimOutcome.OtherBrowser, null));
    }

    [Fact]
    public async Task Of_concurrent_claims_one_wins()
    {
        var warm = await AddAsync();
        var flow = await AddAsync();

        var results = await RaceAsync(32, () => ClaimAsync(warm), _ => ClaimAsync(flow));

        results.Count(result => result is (ConnectionClaimOutcome.Claimed, not null)).ShouldBe(1);
        results.Count(result => result is (ConnectionClaimOutcome.AlreadyClaimed, null)).ShouldBe(31);
    }

    private async Task<ConnectionFlow> AddAsync()
    {
        var flow = Sample.Flow(Now);
        await Db.ConnectionFlows.AddAsync(flow, default);
        return flow;
    }

    private Task<(ConnectionClaimOutcome Outcome, ConnectionFlow? Flow)> ClaimAsync(ConnectionFlow flow, DateTimeOffset? at = null) =>
        Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, at ?? Now, default);
}
