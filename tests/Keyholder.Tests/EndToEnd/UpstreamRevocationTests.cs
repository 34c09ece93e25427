using DemoUpstream.Control;
using Keyholder.Storage;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Tests.EndToEnd;

/// <summary>What a session alone held upstream ends there too.</summary>
public sealed class UpstreamRevocationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_upstream_tokens_a_session_alone_held_die_with_it_and_nobody_elses_do(bool byReplay)
    {
        await using var host = await EndToEndHost.StartAsync();
        var (alone, shared) = (await host.ConnectAsync("diary"), await host.ConnectAsync("mail"));
        (await alone.WhoAmIAsync()).ShouldBe("demo-account-1");
        var stolen = alone.RefreshToken;
        await alone.RefreshAsync();
        await alone.RefreshAsync();

        if (byReplay)
        {
            (await alone.RefreshAsync(stolen)).Error.ShouldBe("invalid_grant");
        }
        else
        {
            await RevokeAsync(host, alone);
        }

        await RevokeAsync(host, shared);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await EndToEndHost.UntilAsync(() => host.Upstream.Counters[DemoCounter.Revocations] > 0);
        await EndToEndHost.UntilAsync(() => host.Get<IUpstreamRevocationStore>().ListAsync(new() { Limit = 9 }, default).Result.Single().Status == UpstreamRevocationStatus.Done);
        host.Upstream.Counters[DemoCounter.Revocations].ShouldBe(1);
        (await (await host.ConnectAsync("mail")).WhoAmIAsync()).ShouldBe("demo-account-1");
        (await host.ConnectAsync("diary")).VisitedProvider.ShouldBeTrue();
    }

    private static async Task RevokeAsync(EndToEndHost host, ConnectedClient client)
    {
        using var content = new FormUrlEncodedContent([new("client_id", client.Id), new("client_secret", client.Secret!), new("token", client.RefreshToken)]);
        (await host.Http.PostAsync("/revoke", content)).EnsureSuccessStatusCode();
    }
}
