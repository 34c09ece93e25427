using Keyholder.Audit;
using Keyholder.Users;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class BrowserSessionStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_browser_session_comes_back_with_its_user()
    {
        var (session, user) = await AddAsync();

        var found = await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default);

        found!.Value.Session.ShouldBeRow(session);
        found.Value.User.ShouldBe(user);
    }

    [Fact]
    public async Task An_unknown_secret_finds_nothing()
    {
        await AddAsync();

        (await Db.BrowserSessions.FindAsync(Sample.Hash(), Now, default)).ShouldBeNull();
        (await Db.BrowserSessions.FindAsync([], Now, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_browser_session_ends_at_its_expiry_to_the_millisecond()
    {
        var (session, _) = await AddAsync();

        (await Db.BrowserSessions.FindAsync(session.SecretHash, session.ExpiresAt.AddMilliseconds(-1), default)).ShouldNotBeNull();
        (await Db.BrowserSessions.FindAsync(session.SecretHash, session.ExpiresAt, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_browser_session_of_a_disabled_user_is_not_found()
    {
        var (session, user) = await AddAsync();
        await Db.DisableUserAsync(user.Id, Now);

        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_browser_session_ends_with_its_user()
    {
        var (session, user) = await AddAsync();
        await Db.DeleteUserAsync(user.Id);
        await AddUserAsync(user.Id);

        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_password_ends_the_browser_sessions_of_its_user_and_no_others()
    {
        var (session, user) = await AddAsync();
        var other = new BrowserSession(Sample.Hash(), (await AddUserAsync("u2")).Id, Now, Now.AddHours(12));
        await Db.BrowserSessions.AddAsync(other, Sample.Audit(Now, AuditActions.SignInSucceeded), default);

        await Db.Users.SetPasswordAsync("nobody", "new", Sample.Audit(Now, "test"), default);
        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldNotBeNull();
        await Db.Users.RehashPasswordAsync("name-of-" + user.Id, "hash", "better", default);
        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldNotBeNull();

        (await Db.Users.SetPasswordAsync("name-of-" + user.Id, "new", Sample.Audit(Now, "test"), default)).ShouldBeTrue();

        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldBeNull();
        (await Db.BrowserSessions.FindAsync(other.SecretHash, Now, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_deleted_browser_session_is_gone_and_others_stay_and_its_end_is_its_persons_doing()
    {
        var (session, user) = await AddAsync();
        var other = new BrowserSession(Sample.Hash(), user.Id, Now, Now.AddHours(12));
        await Db.BrowserSessions.AddAsync(other, Sample.Audit(Now, AuditActions.SignInSucceeded), default);

        await Db.BrowserSessions.DeleteAsync(session.SecretHash, Sample.Audit(Now, AuditActions.SignedOut), default);
        await Db.BrowserSessions.DeleteAsync(session.SecretHash, Sample.Audit(Now, AuditActions.SignedOut), default);
        await Db.BrowserSessions.DeleteAsync(Sample.Hash(), Sample.Audit(Now, AuditActions.SignedOut), default);

        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldBeNull();
        (await Db.BrowserSessions.FindAsync(other.SecretHash, Now, default)).ShouldNotBeNull();
        var audited = await Db.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.SignedOut, Limit = 10 }, default);
        audited.ShouldHaveSingleItem().Event.Actor.ShouldBe("user:" + user.Id);
    }

    [Fact]
    public async Task A_browser_session_and_its_audit_event_are_written_together_or_not_at_all()
    {
        var (session, _) = await AddAsync();

        await Should.ThrowAsync<System.Data.Common.DbException>(() => Db.BrowserSessions.AddAsync(session, Sample.Audit(Now, AuditActions.SignInSucceeded), default));

        (await AuditedActionsAsync()).ShouldBe([AuditActions.SignInSucceeded, AuditActions.UserAdded]);
    }

    private async Task<(BrowserSession Session, User User)> AddAsync()
    {
        var user = await AddUserAsync("u1");
        var session = new BrowserSession(Sample.Hash(), user.Id, Now.AddMilliseconds(-7), Now.AddHours(12));
        await Db.BrowserSessions.AddAsync(session, Sample.Audit(Now, AuditActions.SignInSucceeded), default);
        return (session, user);
    }
}
