using Keyholder.Tokens;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>Runs a program against the real thing and the model side by side; throws at the first difference.</summary>
internal sealed class ProgramRun
{
    private readonly SessionSystem _system;
    private readonly ModelRules _rules;
    private readonly List<string> _users = [];
    private readonly HashSet<string> _disabled = [];
    private readonly List<LiveSession> _sessions = [];
    private readonly Dictionary<LiveSession, SessionModel> _models = [];

    private ProgramRun(SessionSystem system, ModelRules rules) => (_system, _rules) = (system, rules);

    public static async Task ExecuteAsync(ModelWorld world, ModelKeys keys, SessionProgram program)
    {
        var rules = ModelRules.WithRetryWindow(program.RetryWindow);
        await using var system = new SessionSystem(world.Db, keys, rules, world.Time);
        var run = new ProgramRun(system, rules);
        for (var i = 0; i < SessionProgram.Users; i++)
        {
            run._users.Add(await system.AddUserAsync());
        }

        foreach (var step in program.Steps)
        {
            await run.ExecuteAsync(step);
        }

        await run.CloseAsync();
    }

    private async Task ExecuteAsync(SessionStep step)
    {
        switch (step)
        {
            case SessionStep.Authorize authorize:
                await AuthorizeAsync(authorize);
                break;
            case SessionStep.Wait wait:
                _system.Time.Advance(wait.Time);
                break;
            case SessionStep.Do act when Find(act.Session) is { } session:
                await ExecuteAsync(session, act.Operation);
                break;
            case SessionStep.Refresh refresh when Find(refresh.Session) is { Generations: { Count: > 0 } held } session:
                await ExecuteAsync(session, new SessionOperation.Refresh(held[Math.Min(refresh.Age, held.Count - 1)], refresh.Variation, refresh.Fault));
                break;
            default:
                // Its session, or the token it presents, does not exist in what is left of the program.
                break;
        }
    }

    private LiveSession? Find(int number) => _sessions.Count == 0 ? null : _sessions[number % _sessions.Count];

    private async Task AuthorizeAsync(SessionStep.Authorize authorize)
    {
        var user = _users[authorize.User];
        var session = await _system.AuthorizeAsync(authorize.ClientId, user);
        _sessions.Add(session);
        _models.Add(session, SessionModel.Open(_rules.Sessions, authorize.ClientId != "code-only", !_disabled.Contains(user), _system.Time.GetUtcNow()));
    }

    private async Task ExecuteAsync(LiveSession session, SessionOperation operation)
    {
        var (next, expected) = _models[session].Apply(operation, _rules, _system.Time.GetUtcNow());
        var answer = await _system.ExecuteAsync(session, operation);
        answer.ShouldBe(expected, $"{operation} on {_models[session]}");
        _models[session] = next;
        if (operation is SessionOperation.Sweep)
        {
            foreach (var other in _sessions.Where(s => s != session))
            {
                _models[other] = _models[other].Apply(operation, _rules, _system.Time.GetUtcNow()).Next;
                await CheckRowAsync(other);
            }
        }

        if (operation is SessionOperation.DisableSubject)
        {
            _disabled.Add(session.UserId);
            foreach (var other in _sessions.Where(s => s.UserId == session.UserId))
            {
                _models[other] = _models[other] with { SubjectIsLive = false };
            }
        }

        await CheckRowAsync(session);
        CheckAccessTokens(_system, session, _models[session].RevocationIsAcknowledged);
    }

    private async Task CheckRowAsync(LiveSession session)
    {
        var row = await _system.FindAsync(session);
        var model = _models[session];
        (row is null).ShouldBe(model.IsGone, $"whether the row of {model} is gone");
        if (row is null)
        {
            return;
        }

        row.Generation.ShouldBe(model.Generation);
        row.RevokedReason.ShouldBe(model.RevokedReason);
        row.RotatedAt.ShouldBe(model.RotatedAt);
        row.IdleExpiresAt.ShouldBe(model.IdleExpiresAt);
        row.AbsoluteExpiresAt.ShouldBe(model.AbsoluteExpiresAt);
    }

    private void CheckAccessTokens(SessionSystem node, LiveSession session, bool knowsRevocation)
    {
        foreach (var (token, expiresAt) in session.AccessTokens)
        {
            var outcome = node.Validate(token);
            if (expiresAt <= _system.Time.GetUtcNow())
            {
                outcome.ShouldBe(AccessTokenOutcome.Expired);
            }
            else
            {
                outcome.ShouldBe(knowsRevocation ? AccessTokenOutcome.Revoked : AccessTokenOutcome.Valid, $"access token of {_models[session]}");
            }
        }
    }

    /// <summary>Looks at every session once more, with the eyes of a node that starts now: what was written must do without memory.</summary>
    private async Task CloseAsync()
    {
        await using var node = await _system.StartAnotherAsync();
        foreach (var session in _sessions)
        {
            var revoked = _models[session].RevokedReason is not null;
            CheckAccessTokens(node, session, revoked);
            (await _system.CountRevocationsAsync(session)).ShouldBe(revoked ? 1 : 0, $"audit events of {_models[session]}");
        }
    }
}
