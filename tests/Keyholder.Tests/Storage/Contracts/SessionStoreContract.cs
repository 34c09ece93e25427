using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class SessionStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_session_comes_back_as_it_was_stored()
    {
        var session = Sample.Session(Now) with { ClientId = Hostile, Resource = Hostile, Scopes = [Hostile, "b"], Subject = Subject.User(Hostile) };
        await AddSessionAsync(session);

        var found = await Db.Sessions.FindAsync(session.Id, default);

        found.ShouldBeRow(session);
    }

    [Fact]
    public async Task An_unknown_session_is_not_found()
    {
        var session = Sample.Session(Now);

        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeNull();
        (await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, Sample.Hash(), Now), Now, default)).ShouldBe((RedeemOutcome.NotFound, null));
        (await Db.Sessions.RotateAsync(Sample.Rotation(session, Sample.Hash(), Now), Now, default)).ShouldBe((RotateOutcome.NotFound, null));
        (await RevokeAsync(session)).ShouldBe(SessionRevokeOutcome.NotFound);
        (await AuditedActionsAsync()).ShouldBeEmpty();
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_expired_session_is_returned()
    {
        var session = await AddSessionAsync(Sample.Session(Now) with { IdleExpiresAt = Now.AddDays(-2), AbsoluteExpiresAt = Now.AddDays(-1) });

        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeRow(session);
    }

    [Fact]
    public async Task A_revocation_is_written_with_its_log_entry_and_audit_event_and_only_once()
    {
        var session = await AddSessionAsync(Sample.Session(Now));

        (await RevokeAsync(session)).ShouldBe(SessionRevokeOutcome.Revoked);
        (await RevokeAsync(session, RevocationReasons.Operator)).ShouldBe(SessionRevokeOutcome.AlreadyRevoked);

        var found = await Db.Sessions.FindAsync(session.Id, default);
        found.ShouldBeRow(session with { RevokedAt = Now, RevokedReason = RevocationReasons.ClientRequest });
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem().Revocation.ShouldBe(Sample.Revocation(session.Id, Now));
        (await AuditedActionsAsync()).ShouldBe([AuditActions.SessionRevoked, AuditActions.SessionCreated]);
    }

    [Fact]
    public async Task Of_many_concurrent_revocations_one_revokes()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var warm = await AddSessionAsync(Sample.Session(Now));

        var outcomes = await RaceAsync(32, () => RevokeAsync(warm), _ => RevokeAsync(session));

        outcomes.Count(outcome => outcome == SessionRevokeOutcome.Revoked).ShouldBe(1);
        outcomes.Count(outcome => outcome == SessionRevokeOutcome.AlreadyRevoked).ShouldBe(31);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count.ShouldBe(2);
    }

    private Task<SessionRevokeOutcome> RevokeAsync(Session session, string reason = RevocationReasons.ClientRequest) =>
        Db.Sessions.RevokeAsync(session.Id, reason, Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);
}
