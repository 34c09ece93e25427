namespace Keyholder.Bench.Chaos.History;

/// <summary>
/// Judges what clients saw of one session, knowing nothing of the server but its promises. Pure. A session may end because somebody revoked it, because a
/// token was presented whose successor was in use already, or because a lost answer was asked for again too late; anything else that ends it is a loss. What a
/// client did counts from its beginning when it excuses the server, and from its end when it accuses it.
/// </summary>
internal sealed class HistoryJudge
{
    private readonly SessionHistory _history;
    private readonly Promises _promises;
    private readonly List<Observation> _refreshes;
    private readonly Dictionary<int, int> _successors = [];
    private readonly Dictionary<int, TimeSpan> _firstPresented;
    private readonly Dictionary<int, TimeSpan> _firstGranted;
    private readonly Dictionary<int, TimeSpan> _issuedAfter;

    private HistoryJudge(SessionHistory history, Promises promises)
    {
        (_history, _promises) = (history, promises);
        _refreshes = [.. history.Observations.Where(o => o.Request == RequestKind.Refresh)];
        var granted = _refreshes.Where(o => o.Answer == AnswerKind.Granted).ToList();
        foreach (var refresh in granted)
        {
            _successors.TryAdd(refresh.Token, refresh.RefreshToken);
        }

        _firstPresented = Earliest(_refreshes, o => o.Token, o => o.Began);
        _firstGranted = Earliest(granted, o => o.Token, o => o.Ended);
        _issuedAfter = Earliest(granted, o => o.AccessToken, o => o.Began);
    }

    /// <summary>The verdict.</summary>
    public static HistoryVerdict Judge(SessionHistory history, Promises promises)
    {
        var judge = new HistoryJudge(history, promises);
        var (use, latest) = judge.FindUseAfterRevocation();
        return new HistoryVerdict(judge.FindLoss(), judge.FindFork(), use) { LatestUse = latest };
    }

    private string? FindFork() => _refreshes
        .Where(o => o.Answer == AnswerKind.Granted)
        .Select(o => o.RefreshToken != _successors[o.Token] ? $"r{o.Token} was followed by r{_successors[o.Token]} and by r{o.RefreshToken}: {o}"
            : IsReplay(o) ? $"r{o.Token} was accepted although its successor had been used: {o}"
            : null)
        .FirstOrDefault(fork => fork is not null);

    private string? FindLoss()
    {
        var cause = _history.Observations.Where(MayEndSession).Select(o => o.Began).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        return _history.Observations.FirstOrDefault(o => o.Answer == AnswerKind.Refused && o.Ended < cause && !IsExpired(o)) is { } refused ? $"refused without a cause: {refused}"
            : cause == TimeSpan.MaxValue && _history.QuietSince is { } quiet ? FindSilence(quiet)
            : null;
    }

    private string? FindSilence(TimeSpan quiet) => !_refreshes.Exists(o => o.Answer == AnswerKind.Granted && o.Began >= quiet)
        ? "no refresh was answered any more"
        : _history.Observations.Where(o => o.Request == RequestKind.Call && o.Began >= quiet).GroupBy(o => o.Node)
            .Where(node => node.All(o => o.Answer == AnswerKind.None)).Select(node => $"node {node.Key} answered no call any more").FirstOrDefault();

    private (string? Violation, TimeSpan Latest) FindUseAfterRevocation()
    {
        string? violation = null;
        var latest = TimeSpan.Zero;
        var acknowledgements = FindAcknowledgements();
        foreach (var use in _history.Observations.Where(o => o.Answer == AnswerKind.Granted && o.Request != RequestKind.Revoke))
        {
            foreach (var (node, at) in acknowledgements.Where(a => use.Began > a.At))
            {
                var atOnce = use.Request == RequestKind.Refresh || use.Node == node;
                var late = use.Began - at;
                latest = !atOnce && late > latest ? late : latest;
                violation ??= atOnce || late > _promises.Propagation ? $"revoked at node {node?.ToString() ?? "?"} by {at.TotalSeconds:F4}, accepted: {use}" : null;
            }
        }

        return (violation, latest);
    }

    // Whoever is told that a replay failed knows that the session is dead; at that very node at once only if it was the one that killed it.
    private List<(int? Node, TimeSpan At)> FindAcknowledgements() =>
    [
        .. _history.Observations.Where(o => o.Request == RequestKind.Revoke && o.Answer == AnswerKind.Granted).Select(o => ((int?)o.Node, o.Ended)),
        .. _refreshes.Where(o => o.Answer == AnswerKind.Refused && IsReplay(o))
            .Select(o => (_history.Observations.Any(other => other != o && other.Began < o.Ended && MayEndSession(other)) ? (int?)null : o.Node, o.Ended)),
    ];

    private bool MayEndSession(Observation o) => o.Request switch
    {
        RequestKind.Revoke => true,
        RequestKind.Refresh => IsPresentedBesideSuccessor(o) || o.Ended - _firstPresented[o.Token] >= _promises.RetryWindow && _firstPresented[o.Token] < o.Began,
        _ => false,
    };

    private bool IsPresentedBesideSuccessor(Observation o) =>
        _successors.TryGetValue(o.Token, out var successor) && _firstPresented.TryGetValue(successor, out var used) && used < o.Ended;

    private bool IsReplay(Observation o) =>
        _successors.TryGetValue(o.Token, out var successor) && _firstGranted.TryGetValue(successor, out var used) && used < o.Began;

    private bool IsExpired(Observation o) =>
        o.Request == RequestKind.Call && _issuedAfter.TryGetValue(o.Token, out var issued) && o.Ended - issued >= _promises.AccessTokenLifetime;

    private static Dictionary<int, TimeSpan> Earliest(IEnumerable<Observation> observations, Func<Observation, int> token, Func<Observation, TimeSpan> at) =>
        observations.GroupBy(token).ToDictionary(g => g.Key, g => g.Min(at));
}
