namespace Keyholder.Tests.Sessions.Model;

/// <summary>
/// Whether a concurrent history could have been a sequential one: looks for an order of the calls, true to who ended before whom began, in which the
/// model gives every caller the very answer it got and ends as the row did (linearizability, after Wing and Gong).
/// </summary>
internal sealed class HistoryCheck
{
    private readonly IReadOnlyList<ObservedCall> _calls;
    private readonly ModelRules _rules;
    private readonly Func<SessionModel, bool> _endsAs;
    private readonly HashSet<(ulong Done, SessionModel Model)> _visited = [];

    private HistoryCheck(IReadOnlyList<ObservedCall> calls, ModelRules rules, Func<SessionModel, bool> endsAs) => (_calls, _rules, _endsAs) = (calls, rules, endsAs);

    /// <summary>The model at the end of such an order; null when there is none.</summary>
    /// <param name="start">The session before the first call.</param>
    /// <param name="calls">At most 64.</param>
    /// <param name="rules">The lifetimes.</param>
    /// <param name="endsAs">Whether the session may have ended so.</param>
    public static SessionModel? Explain(SessionModel start, IReadOnlyList<ObservedCall> calls, ModelRules rules, Func<SessionModel, bool> endsAs)
    {
        calls.Count.ShouldBeLessThanOrEqualTo(64);
        return new HistoryCheck(calls, rules, endsAs).Search(0, start);
    }

    private SessionModel? Search(ulong done, SessionModel model)
    {
        if (ulong.PopCount(done) == (ulong)_calls.Count)
        {
            return _endsAs(model) ? model : null;
        }

        if (!_visited.Add((done, model)))
        {
            return null;
        }

        var firstEnd = _calls.Where((_, i) => (done & (1UL << i)) == 0).Min(c => c.Ended);
        for (var i = 0; i < _calls.Count; i++)
        {
            var call = _calls[i];
            if ((done & (1UL << i)) != 0 || call.Began > firstEnd)
            {
                continue;
            }

            foreach (var (next, answer) in Outcomes(model, call))
            {
                if (answer == call.Answer && Search(done | (1UL << i), next) is { } end)
                {
                    return end;
                }
            }
        }

        return null;
    }

    private IEnumerable<(SessionModel Next, SessionAnswer Answer)> Outcomes(SessionModel model, ObservedCall call)
    {
        yield return model.Apply(call.Operation, _rules, call.Now);

        // Reuse is noticed and punished in two steps, between which the subject may be disabled.
        if (!model.SubjectIsLive && call.Operation is SessionOperation.Refresh && _calls.Any(c => c.Operation is SessionOperation.DisableSubject && c.Began < call.Ended && call.Began < c.Ended))
        {
            var (punished, answer) = (model with { SubjectIsLive = true }).Apply(call.Operation, _rules, call.Now);
            if (punished.RevokedReason != model.RevokedReason)
            {
                yield return (punished with { SubjectIsLive = false }, answer);
            }
        }
    }
}
