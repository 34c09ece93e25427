using System.Globalization;
using Keyholder.Bench.Chaos.History;

namespace Keyholder.Bench.Chaos;

/// <summary>Judges histories as they come in, and adds up.</summary>
internal sealed class ChaosReport(Promises promises)
{
    private const int MostShown = 5;

    private readonly Lock _gate = new();
    private readonly List<string> _broken = [];
    private int _sessions;
    private int _requests;
    private int _refreshes;
    private int _calls;
    private int _unanswered;
    private int _revocations;
    private int _replays;
    private int _lost;
    private int _forked;
    private int _usable;
    private TimeSpan _latestUse;

    /// <summary>Whether something was done that could have gone wrong, and nothing did.</summary>
    public bool IsClean => _lost + _forked + _usable == 0 && _refreshes > 0 && _calls > 0 && _revocations > 0;

    /// <summary>Takes the history of a session.</summary>
    /// <param name="client">The number of the client it belongs to.</param>
    /// <param name="history">What was seen.</param>
    public void Take(int client, SessionHistory history)
    {
        var verdict = HistoryJudge.Judge(history, promises);
        lock (_gate)
        {
            _sessions++;
            _requests += history.Observations.Count;
            _refreshes += Count(history, RequestKind.Refresh, AnswerKind.Granted);
            _calls += Count(history, RequestKind.Call, AnswerKind.Granted);
            _revocations += Count(history, RequestKind.Revoke, AnswerKind.Granted);
            _replays += history.Observations.Any(o => o.Request == RequestKind.Refresh && o.Answer == AnswerKind.Refused) && Count(history, RequestKind.Revoke, AnswerKind.Granted) == 0 ? 1 : 0;
            _unanswered += history.Observations.Count(o => o.Answer == AnswerKind.None);
            _lost += verdict.Lost is null ? 0 : 1;
            _forked += verdict.Forked is null ? 0 : 1;
            _usable += verdict.UsableAfterRevocation is null ? 0 : 1;
            _latestUse = verdict.LatestUse > _latestUse ? verdict.LatestUse : _latestUse;
            if (!verdict.IsClean)
            {
                _broken.Add($"client {client}\n  lost: {verdict.Lost}\n  forked: {verdict.Forked}\n  usable after revocation: {verdict.UsableAfterRevocation}\n{history}");
            }
        }
    }

    /// <summary>Prints what happened, and as the last line what counts.</summary>
    /// <param name="killed">How often a node was killed.</param>
    /// <param name="restarts">How often PostgreSQL crashed and came back.</param>
    public void Print(int killed, int restarts)
    {
        foreach (var broken in _broken.Take(MostShown))
        {
            Console.WriteLine(broken);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_sessions:N0} sessions, {_requests:N0} requests: {_refreshes:N0} refreshes, {_calls:N0} calls, {_unanswered:N0} without an answer; {_revocations:N0} revocations and {_replays:N0} replays ended sessions"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"latest call another node accepted began {_latestUse.TotalMilliseconds:F1} ms after the revocation was acknowledged; promised under every fault: {promises.Propagation.TotalMilliseconds:N0} ms"));
        Console.WriteLine($"killed={killed} restarts={restarts} refreshes={_refreshes} lost={_lost} forked={_forked} usable_after_revocation={_usable}");
    }

    private static int Count(SessionHistory history, RequestKind request, AnswerKind answer) => history.Observations.Count(o => o.Request == request && o.Answer == answer);
}
