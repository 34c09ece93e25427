using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>Several callers at once on one session, in a few rounds between which time passes.</summary>
internal static class ConcurrentRun
{
    private const int Rounds = 3;

    public static async Task ExecuteAsync(ModelWorld world, ModelKeys keys, ulong seed)
    {
        var draws = new Draws(seed);
        var rules = ModelRules.WithRetryWindow(draws.Pick(TimeSpan.Zero, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)));
        await using var system = new SessionSystem(world.Db, keys, rules, world.Time);
        var session = await system.AuthorizeAsync("client", await system.AddUserAsync());
        var start = SessionModel.Open(rules.Sessions, mayRefresh: true, subjectIsLive: true, system.Time.GetUtcNow());
        var history = new SessionHistory(system, session);
        var hostile = draws.Chance(50);
        if (draws.Chance(70))
        {
            await history.ExecuteAsync(new SessionOperation.Redeem());
        }

        for (var round = 0; round < Rounds; round++)
        {
            var callers = Enumerable.Range(0, 2 + draws.Below(4)).Select(caller => new Draws(seed ^ (ulong)(((round * 8) + caller + 1) * 0x51ED27))).ToList();
            await Task.WhenAll(callers.Select(caller => Task.Run(() => CallAsync(caller, session, history, hostile, world.IsAlone))));
            system.Time.Advance(draws.Pick(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(31), TimeSpan.FromMinutes(10)));
        }

        await CheckAsync(system, session, history, start, rules);
    }

    private static async Task CallAsync(Draws draws, LiveSession session, SessionHistory history, bool hostile, bool sweeps)
    {
        for (var i = 1 + draws.Below(4); i > 0; i--)
        {
            await history.ExecuteAsync(Operation(draws, session.Generations, hostile, sweeps));
            if (session.AccessTokens.Select(t => t.Key).ToList() is { Count: > 0 } tokens)
            {
                history.Validate(tokens[draws.Below(tokens.Count)]);
            }
        }
    }

    private static SessionOperation Operation(Draws draws, IReadOnlyList<uint> held, bool hostile, bool sweeps)
    {
        if (sweeps && draws.Chance(20))
        {
            return new SessionOperation.Sweep(draws.Pick<SweepTarget>(SessionProgram.Swept), draws.Pick<TimeSpan>(SessionProgram.Ages));
        }

        if (held.Count == 0)
        {
            return new SessionOperation.Redeem(draws.Chance(80) ? RequestVariation.Plain : RequestVariation.WrongVerifier);
        }

        // A lost answer to a revocation is left to the programs: beside another revocation it is two steps, and the model knows only whole ones.
        var fault = draws.Chance(95) ? StoreFault.None : draws.Pick(StoreFault.TransitionNotMade, StoreFault.TransitionAnswerLost, StoreFault.RevocationNotMade);
        return (hostile ? draws.Below(100) : 99) switch
        {
            < 5 => new SessionOperation.Revoke(),
            < 8 => new SessionOperation.DisableSubject(),
            < 12 => new SessionOperation.Redeem(RequestVariation.Plain, fault),
            < 30 => new SessionOperation.Refresh(held[draws.Below(held.Count)], RequestVariation.Plain, fault),
            < 40 => new SessionOperation.Refresh(held[0], draws.Pick(Enum.GetValues<RequestVariation>()), fault),
            _ => new SessionOperation.Refresh(held[0], RequestVariation.Plain, fault),
        };
    }

    private static async Task CheckAsync(SessionSystem system, LiveSession session, SessionHistory history, SessionModel start, ModelRules rules)
    {
        var row = await system.FindAsync(session);
        var end = HistoryCheck.Explain(start, history.Calls, rules, m => row is null ? m.IsGone : !m.IsGone && m.Generation == row.Generation && m.RevokedReason == row.RevokedReason && m.RotatedAt == row.RotatedAt);
        end.ShouldNotBeNull($"no order of the calls explains the answers and the row ({(row is null ? "gone" : $"generation {row.Generation}, {row.RevokedReason ?? "not revoked"}")}), retry window {rules.Sessions.RetryWindow}:\n{history}");
        history.CheckValidations();
        await using var node = await system.StartAnotherAsync();
        foreach (var (token, expiresAt) in session.AccessTokens.Where(t => t.Value > system.Time.GetUtcNow()))
        {
            node.Validate(token).ShouldBe(end.RevokedReason is null ? AccessTokenOutcome.Valid : AccessTokenOutcome.Revoked);
            if (end.RevocationIsAcknowledged)
            {
                system.Validate(token).ShouldBe(AccessTokenOutcome.Revoked);
            }
        }

        (await system.CountRevocationsAsync(session)).ShouldBe(end.RevokedReason is null ? 0 : 1);
    }
}
