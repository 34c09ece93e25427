using System.Collections.Concurrent;
using Keyholder.Tokens;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>Everything that concurrent callers asked of one session and were answered, in an order as strict as they could tell.</summary>
internal sealed class SessionHistory(SessionSystem system, LiveSession session)
{
    private readonly ConcurrentQueue<ObservedCall> _calls = new();
    private readonly ConcurrentQueue<ObservedValidation> _validations = new();
    private long _clock;

    public IReadOnlyList<ObservedCall> Calls => [.. _calls.OrderBy(c => c.Began)];

    public IReadOnlyList<ObservedValidation> Validations => [.. _validations];

    public async Task ExecuteAsync(SessionOperation operation)
    {
        var now = system.Time.GetUtcNow();
        var began = Interlocked.Increment(ref _clock);
        var answer = await system.ExecuteAsync(session, operation);
        _calls.Enqueue(new ObservedCall(began, Interlocked.Increment(ref _clock), operation, now, answer));
    }

    public void Validate(string accessToken)
    {
        var began = Interlocked.Increment(ref _clock);
        var outcome = system.Validate(accessToken);
        _validations.Enqueue(new ObservedValidation(began, Interlocked.Increment(ref _clock), outcome));
    }

    /// <summary>That no access token worked after a revocation was acknowledged, and none was refused before anybody could have caused one.</summary>
    public void CheckValidations()
    {
        var acknowledged = _calls.Where(c => c.Answer.Kind is AnswerKind.Revoked or AnswerKind.AlreadyRevoked).Select(c => c.Ended).DefaultIfEmpty(long.MaxValue).Min();
        var possible = _calls.Where(c => c.Answer.Kind is AnswerKind.Revoked or AnswerKind.InvalidGrant or AnswerKind.Failed).Select(c => c.Began).DefaultIfEmpty(long.MaxValue).Min();
        foreach (var validation in _validations)
        {
            if (validation.Began > acknowledged)
            {
                validation.Outcome.ShouldNotBe(AccessTokenOutcome.Valid, "an access token worked after the revocation was acknowledged");
            }

            if (validation.Ended < possible)
            {
                validation.Outcome.ShouldNotBe(AccessTokenOutcome.Revoked, "an access token was refused before anybody could have revoked it");
            }
        }
    }

    /// <inheritdoc />
    public override string ToString() => string.Join('\n', Calls.Select(c => $"{c.Began,4}–{c.Ended,-4} {c.Now:HH:mm:ss.fff} {c.Operation} → {c.Answer.Kind} {c.Answer.Generation}"));
}
