using Keyholder.Storage;

namespace Keyholder.Sessions;

/// <summary>Tells a lost response from a stolen token. Pure.</summary>
public static class RefreshPolicy
{
    /// <summary>
    /// Decides from what the store found. That a successor was not used needs no flag: a used one has been replaced itself, and the presented token would
    /// then no longer be the newest one's immediate predecessor. <see cref="RotateOutcome.Superseded"/> is reuse without further proof, because the token's
    /// MAC has shown that this server wrote it. What a stranger, an ended session or an inactive subject could cause is never reuse.
    /// </summary>
    public static RefreshDecision Decide(RotateOutcome outcome, Session? session, SessionOptions options, DateTimeOffset now) => outcome switch
    {
        RotateOutcome.Rotated => RefreshDecision.Rotated,
        RotateOutcome.Predecessor => IsInsideRetryWindow(session, options, now) ? RefreshDecision.Retry : RefreshDecision.Reused,
        RotateOutcome.Superseded => RefreshDecision.Reused,
        _ => RefreshDecision.Invalid,
    };

    private static bool IsInsideRetryWindow(Session? session, SessionOptions options, DateTimeOffset now) =>
        session is { RotatedAt: { } rotatedAt, SealedSuccessor: not null } && now - rotatedAt < options.RetryWindow && options.RetryWindow > TimeSpan.Zero;
}
