using Keyholder.Sessions;
using Keyholder.Storage;
using static Keyholder.Tests.Sessions.Model.SessionOperation;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>One session as the rules want it: what every operation changes and answers, one at a time. Pure, and written without a look at the code it judges.</summary>
/// <param name="CodeExpiresAt">When the code can no longer be redeemed.</param>
/// <param name="IdleExpiresAt">When the session ends unless it is used.</param>
/// <param name="AbsoluteExpiresAt">When it ends in any case.</param>
/// <param name="MayRefresh">Whether its client gets refresh tokens.</param>
internal sealed record SessionModel(DateTimeOffset CodeExpiresAt, DateTimeOffset IdleExpiresAt, DateTimeOffset AbsoluteExpiresAt, bool MayRefresh)
{
    /// <summary>The newest refresh token's generation; 0 until the code is redeemed.</summary>
    public uint Generation { get; init; }

    /// <summary>When the newest token replaced another.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    public bool SubjectIsLive { get; init; } = true;

    public string? RevokedReason { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether a sweep has taken the row. That may matter to nobody: what it knew was dead already.</summary>
    public bool IsGone { get; init; }

    /// <summary>Whether somebody was told of the revocation, which from then on holds for every access token.</summary>
    public bool RevocationIsAcknowledged { get; init; }

    /// <summary>A session whose code was just issued.</summary>
    public static SessionModel Open(SessionOptions options, bool mayRefresh, bool subjectIsLive, DateTimeOffset now) =>
        new(now + options.CodeLifetime, now + options.CodeLifetime, now + options.AbsoluteLifetime, mayRefresh) { SubjectIsLive = subjectIsLive };

    /// <summary>The session afterwards, and the answer.</summary>
    public (SessionModel Next, SessionAnswer Answer) Apply(SessionOperation operation, ModelRules rules, DateTimeOffset now) => operation switch
    {
        Redeem redeem => Apply(redeem, rules, now),
        Refresh refresh => Apply(refresh, rules, now),
        Revoke revoke => Apply(revoke, now),
        Sweep sweep => (Swept(sweep.Target, now - sweep.Age), new(AnswerKind.Swept)),
        DisableSubject => (this with { SubjectIsLive = false }, new(AnswerKind.Disabled)),
        _ => throw new InvalidOperationException($"No rule for {operation}."),
    };

    private bool IsActive(DateTimeOffset now) => !IsGone && RevokedReason is null && now < IdleExpiresAt && now < AbsoluteExpiresAt;

    private (SessionModel, SessionAnswer) Apply(Redeem redeem, ModelRules rules, DateTimeOffset now)
    {
        if (redeem.Variation == RequestVariation.UnknownResource)
        {
            return (this, new(AnswerKind.InvalidTarget));
        }

        if (IsGone || redeem.Variation is not (RequestVariation.Plain or RequestVariation.NamesResource or RequestVariation.NarrowerScope or RequestVariation.WiderScope))
        {
            return (this, new(AnswerKind.InvalidGrant));
        }

        if (RevokedReason is null && Generation > 0)
        {
            return Reuse(RevocationReasons.CodeReuse, redeem.Fault, now);
        }

        if (!IsActive(now) || !SubjectIsLive || now >= CodeExpiresAt)
        {
            return Move(this, new(AnswerKind.InvalidGrant), redeem.Fault);
        }

        var idle = now + (MayRefresh ? rules.Sessions.IdleLifetime : rules.AccessTokenLifetime);
        return Move(this with { Generation = 1, IdleExpiresAt = Earlier(idle) }, new(AnswerKind.Granted, MayRefresh ? 1u : 0), redeem.Fault);
    }

    private (SessionModel, SessionAnswer) Apply(Refresh refresh, ModelRules rules, DateTimeOffset now)
    {
        if (refresh.Variation == RequestVariation.UnknownResource)
        {
            return (this, new(AnswerKind.InvalidTarget));
        }

        if (refresh.Variation is RequestVariation.OtherClient or RequestVariation.OtherResource or RequestVariation.OtherClientAndWiderScope || !IsActive(now))
        {
            return Move(this, new(AnswerKind.InvalidGrant), refresh.Fault);
        }

        var widens = refresh.Variation == RequestVariation.WiderScope;
        if (widens && refresh.Generation == Generation)
        {
            return (this, new(AnswerKind.InvalidScope));
        }

        if (!SubjectIsLive)
        {
            return Move(this, new(AnswerKind.InvalidGrant), refresh.Fault);
        }

        if (refresh.Generation == Generation)
        {
            var rotated = this with { Generation = Generation + 1, RotatedAt = now, IdleExpiresAt = Earlier(now + rules.Sessions.IdleLifetime) };
            return Move(rotated, new(AnswerKind.Granted, rotated.Generation), refresh.Fault);
        }

        if (refresh.Generation + 1 == Generation && now - RotatedAt < rules.Sessions.RetryWindow)
        {
            return Move(this, widens ? new(AnswerKind.InvalidScope) : new(AnswerKind.Granted, Generation), refresh.Fault);
        }

        return Reuse(RevocationReasons.RefreshTokenReuse, refresh.Fault, now);
    }

    private (SessionModel, SessionAnswer) Apply(Revoke revoke, DateTimeOffset now) => revoke.Fault switch
    {
        _ when IsGone => (this, new(revoke.Fault == StoreFault.None ? AnswerKind.NotFound : AnswerKind.Failed)),
        StoreFault.RevocationNotMade => (this, new(AnswerKind.Failed)),
        StoreFault.RevocationAnswerLost => (Revoked(RevocationReasons.ClientRequest, acknowledged: false, now), new(AnswerKind.Failed)),
        _ => (Revoked(RevocationReasons.ClientRequest, acknowledged: true, now), new(RevokedReason is null ? AnswerKind.Revoked : AnswerKind.AlreadyRevoked)),
    };

    private (SessionModel, SessionAnswer) Reuse(string reason, StoreFault fault, DateTimeOffset now) => fault switch
    {
        StoreFault.RevocationAnswerLost => (Revoked(reason, acknowledged: false, now), new(AnswerKind.Failed)),
        not StoreFault.None => (this, new(AnswerKind.Failed)),
        _ => (Revoked(reason, acknowledged: true, now), new(AnswerKind.InvalidGrant)),
    };

    private (SessionModel, SessionAnswer) Move(SessionModel next, SessionAnswer answer, StoreFault fault) => fault switch
    {
        StoreFault.TransitionNotMade => (this, new(AnswerKind.Failed)),
        StoreFault.TransitionAnswerLost => (next, new(AnswerKind.Failed)),
        _ => (next, answer),
    };

    private SessionModel Swept(SweepTarget target, DateTimeOffset before)
    {
        var goes = target switch
        {
            SweepTarget.UnredeemedSessions => RevokedReason is null && Generation == 0 && CodeExpiresAt <= before,
            SweepTarget.ExpiredSessions => RevokedReason is null && (IdleExpiresAt <= before || AbsoluteExpiresAt <= before),
            SweepTarget.RevokedSessions => RevokedAt <= before,
            _ => false,
        };
        return goes ? this with { IsGone = true } : this;
    }

    private SessionModel Revoked(string reason, bool acknowledged, DateTimeOffset now) => this with
    {
        RevokedAt = RevokedAt ?? now,
        RevokedReason = RevokedReason ?? reason,
        RevocationIsAcknowledged = RevocationIsAcknowledged || acknowledged,
    };

    private DateTimeOffset Earlier(DateTimeOffset idle) => idle < AbsoluteExpiresAt ? idle : AbsoluteExpiresAt;
}
