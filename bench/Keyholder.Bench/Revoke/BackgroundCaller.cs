using Keyholder.Bench.Load;
using Keyholder.Bench.Servers;

namespace Keyholder.Bench.Revoke;

/// <summary>A client that refreshes its session now and then and calls in between, at a steady pace.</summary>
internal sealed class BackgroundCaller(KeyholderNode node, string refreshToken, TimeProvider time)
{
    private const int CallsPerRefresh = 4;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>Goes on until stopped; how many refreshes and calls succeeded.</summary>
    /// <exception cref="InvalidOperationException">One did not.</exception>
    public async Task<(int Refreshes, int Calls)> RunAsync(CancellationToken stop)
    {
        using var connection = await KeepAliveConnection.OpenAsync(node.Address, CancellationToken.None);
        using var timer = new PeriodicTimer(Pace, time);
        var (refreshes, calls, call) = (0, 0, Array.Empty<byte>());
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            if (i % (CallsPerRefresh + 1) == 0)
            {
                await SendAsync(connection, BenchRequests.Refresh(node, refreshToken));
                (var accessToken, refreshToken) = BenchRequests.ReadTokens(connection.LastResponseText());
                call = BenchRequests.Call(node, accessToken);
                refreshes++;
            }
            else
            {
                await SendAsync(connection, call);
                calls++;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return (refreshes, calls);
    }

    private static async Task SendAsync(KeepAliveConnection connection, byte[] request)
    {
        if (await connection.SendAsync(request, CancellationToken.None) != 200)
        {
            throw new InvalidOperationException($"Under load: {connection.LastResponseText()}");
        }
    }
}
