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

            var (next, answer) = model.Apply(call.Operation, _rules, call.Now);
            if (answer == call.Answer && Search(done | (1UL << i), next) is { } end)
            {
                return end;
            }
        }

        return null;
    }
}
