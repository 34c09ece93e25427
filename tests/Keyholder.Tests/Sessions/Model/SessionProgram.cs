using Keyholder.Storage;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>What clients, thieves, operators, the network and time do to a few sessions, one after the other.</summary>
internal sealed record SessionProgram(TimeSpan RetryWindow, IReadOnlyList<SessionStep> Steps)
{
    /// <summary>How many users there are.</summary>
    public const int Users = 2;

    /// <summary>What is swept of sessions and their revocations.</summary>
    public static readonly SweepTarget[] Swept = [SweepTarget.UnredeemedSessions, SweepTarget.ExpiredSessions, SweepTarget.RevokedSessions, SweepTarget.Revocations];

    /// <summary>How long it was due: much shorter than any configuration allows, and as long as the default.</summary>
    public static readonly TimeSpan[] Ages = [TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromDays(30)];

    /// <summary>The program of a seed.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="sweeps">Whether rows are swept, which all programs of a database see.</param>
    public static SessionProgram Draw(ulong seed, bool sweeps)
    {
        var draws = new Draws(seed);
        var window = draws.Pick(TimeSpan.Zero, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromHours(24));
        var steps = new List<SessionStep>();
        for (var length = 5 + draws.Below(60); steps.Count < length;)
        {
            if (sweeps && draws.Chance(10))
            {
                AddSweep(steps, draws);
            }
            else
            {
                Add(steps, draws);
            }
        }

        return new SessionProgram(window, steps);
    }

    /// <inheritdoc />
    public override string ToString() => $"retry window {RetryWindow}\n{string.Join('\n', Steps)}";

    private static void AddSweep(List<SessionStep> steps, Draws draws)
    {
        if (draws.Chance(30))
        {
            steps.Add(new SessionStep.Wait(draws.Pick(TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromDays(30))));
        }

        steps.Add(new SessionStep.Do(draws.Below(1000), new SessionOperation.Sweep(draws.Pick<SweepTarget>(Swept), draws.Pick<TimeSpan>(Ages))));
    }

    private static void Add(List<SessionStep> steps, Draws draws)
    {
        var session = draws.Below(1000);
        switch (draws.Below(100))
        {
            case < 8:
                var number = steps.Count(s => s is SessionStep.Authorize);
                steps.Add(new SessionStep.Authorize(draws.Chance(90) ? "client" : "code-only", draws.Below(Users)));
                if (draws.Chance(85))
                {
                    steps.Add(new SessionStep.Do(number, new SessionOperation.Redeem()));
                }

                break;
            case < 14:
                steps.Add(new SessionStep.Do(session, new SessionOperation.Redeem(draws.Chance(40) ? Variation(draws) : RequestVariation.WrongVerifier, Fault(draws))));
                break;
            case < 82:
                var age = draws.Below(100) switch { < 70 => 0, < 92 => 1, var more => more - 90 };
                steps.Add(new SessionStep.Refresh(session, age, draws.Chance(70) ? RequestVariation.Plain : Variation(draws), Fault(draws)));
                break;
            case < 84:
                steps.Add(new SessionStep.Do(session, new SessionOperation.Revoke(draws.Chance(70) ? StoreFault.None : draws.Pick(StoreFault.RevocationNotMade, StoreFault.RevocationAnswerLost))));
                break;
            case 84:
                steps.Add(new SessionStep.Do(session, new SessionOperation.DisableSubject()));
                break;
            default:
                steps.Add(new SessionStep.Wait(draws.Pick(
                    TimeSpan.FromMilliseconds(1),
                    TimeSpan.FromSeconds(5),
                    TimeSpan.FromSeconds(5),
                    TimeSpan.FromSeconds(29.999),
                    TimeSpan.FromSeconds(30),
                    TimeSpan.FromSeconds(60),
                    TimeSpan.FromMinutes(10),
                    TimeSpan.FromMinutes(20),
                    TimeSpan.FromMinutes(30))));
                break;
        }
    }

    private static RequestVariation Variation(Draws draws) => draws.Pick(Enum.GetValues<RequestVariation>());

    private static StoreFault Fault(Draws draws) => draws.Chance(90) ? StoreFault.None : draws.Pick(Enum.GetValues<StoreFault>());
}
