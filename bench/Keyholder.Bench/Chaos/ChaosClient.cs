using System.Security.Cryptography;
using Keyholder.Bench.Chaos.History;

namespace Keyholder.Bench.Chaos;

/// <summary>
/// One program that uses sessions, one after the other, as a good client does: it refreshes, calls, asks again for answers that were lost (some of which it
/// loses itself by hanging up), and goes on. Some of its sessions are revoked after a while, some are killed by a thief who replays an old token, and the
/// rest live on to the end of the run; after a revocation it goes on trying for longer than anything should work.
/// </summary>
/// <param name="nodes">How many nodes there are.</param>
/// <param name="promises">The times of the server.</param>
/// <param name="time">The clock.</param>
internal sealed class ChaosClient(int nodes, Promises promises, TimeProvider time)
{
    private const int LongestHistory = 1500;
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(30);

    /// <summary>Uses a session until its fate is fulfilled or <paramref name="quiet"/> says that the last fault is over, and gives back what was seen.</summary>
    public async Task<SessionHistory> UseAsync(SessionClient session, CancellationToken quiet)
    {
        var fate = RandomNumberGenerator.GetInt32(10) switch { < 4 => Fate.Revoked, 4 => Fate.Stolen, _ => Fate.Kept };
        var until = session.Now + TimeSpan.FromSeconds(2 + RandomNumberGenerator.GetInt32(10));
        while (!quiet.IsCancellationRequested && !session.IsOver && (fate == Fate.Kept ? session.Count < LongestHistory : session.Now < until))
        {
            await PauseAsync(100, 400);
            await StepAsync(session, quiet);
        }

        if (fate != Fate.Kept && !session.IsOver)
        {
            await KillAsync(session, fate);
            return new SessionHistory(session.Observations);
        }

        return quiet.IsCancellationRequested ? await FinishAsync(session) : new SessionHistory(session.Observations);
    }

    private async Task StepAsync(SessionClient session, CancellationToken quiet)
    {
        switch (session.NewestAccessToken == 0 ? 0 : RandomNumberGenerator.GetInt32(20))
        {
            case < 6:
                await RefreshAsync(session, quiet);
                break;
            case 6:
                // Two programs share the token, and both refresh.
                var token = session.Newest;
                var node = AnyNode();
                await Task.WhenAll(session.RefreshAsync(node, token), session.RefreshAsync((node + 1) % nodes, token));
                await RefreshAsync(session, quiet, token);
                break;
            case 7:
                await session.RefreshAsync(AnyNode(), session.Newest, TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, 30)));
                break;
            default:
                await session.CallAsync(AnyNode(), session.NewestAccessToken);
                break;
        }
    }

    /// <summary>Presents the newest token, or an equal claim to it, until somebody answers.</summary>
    private async Task RefreshAsync(SessionClient session, CancellationToken quiet, int? token = null)
    {
        var presented = token ?? session.Newest;
        while (session.Newest == presented && !session.IsOver && !quiet.IsCancellationRequested)
        {
            if ((await session.RefreshAsync(AnyNode(), presented)).Answer == AnswerKind.None)
            {
                await PauseAsync(20, 200);
            }
        }
    }

    /// <summary>Ends the session, and then tries everything for longer than it may take until all nodes know.</summary>
    private async Task KillAsync(SessionClient session, Fate fate)
    {
        var newest = session.Newest;
        Observation seen;
        do
        {
            seen = fate == Fate.Stolen && newest > 2
                ? await session.RefreshAsync(AnyNode(), 1 + RandomNumberGenerator.GetInt32(newest - 2))
                : await session.RevokeAsync(AnyNode());
            await PauseAsync(1, 20);
        }
        while (seen.Answer == AnswerKind.None);

        for (var acknowledged = session.Now; session.Now < acknowledged + promises.Propagation + TimeSpan.FromSeconds(1);)
        {
            if (session.NewestAccessToken > 0 && RandomNumberGenerator.GetInt32(4) > 0)
            {
                await session.CallAsync(AnyNode(), Math.Max(1, session.NewestAccessToken - RandomNumberGenerator.GetInt32(3)));
            }
            else
            {
                await session.RefreshAsync(AnyNode(), newest);
            }

            await PauseAsync(5, 60);
        }
    }

    /// <summary>With every fault over, the session has to work again, at every node.</summary>
    private async Task<SessionHistory> FinishAsync(SessionClient session)
    {
        var quiet = session.Now;
        await UntilAnsweredAsync(() => session.RefreshAsync(AnyNode(), session.Newest));
        for (var node = 0; node < nodes && session.NewestAccessToken > 0; node++)
        {
            await UntilAnsweredAsync(() => session.CallAsync(node, session.NewestAccessToken));
        }

        return new SessionHistory(session.Observations, quiet);

        async Task UntilAnsweredAsync(Func<Task<Observation>> ask)
        {
            while ((await ask()).Answer == AnswerKind.None && session.Now < quiet + LastPatience)
            {
                await PauseAsync(20, 200);
            }
        }
    }

    private int AnyNode() => RandomNumberGenerator.GetInt32(nodes);

    private Task PauseAsync(int from, int to) => Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(from, to)), time);

    private enum Fate
    {
        Kept,
        Revoked,
        Stolen,
    }
}
