using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary><see cref="IRevocationStore"/>: which rows a revocation ends, and quarantines.</summary>
public abstract class KillSwitchContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private const string Mail = "https://gate.example/mcp/mail";

    private static readonly DateTimeOffset CutOff = Now.AddMinutes(1);

    [Theory]
    [MemberData(nameof(SessionTargets.Kinds), MemberType = typeof(SessionTargets))]
    public async Task A_revocation_ends_the_sessions_it_means_and_no_other(RevocationTargetKind kind)
    {
        var meant = await AddSessionAsync(kind == RevocationTargetKind.VirtualKey ? Sample.Session(Now) with { Subject = new(SubjectKind.VirtualKey, "vk1") } : Sample.Session(Now));
        var other = await AddSessionAsync(Sample.Session(Now) with { ClientId = "client-2", Resource = Mail });
        var (entry, resources) = Entry(kind, meant);
        (await Db.Revocations.CountSessionsAsync(entry, resources, default)).ShouldBe(kind == RevocationTargetKind.All ? 2 : 1);

        var (appended, sessions) = await Db.Revocations.AppendAsync(entry, resources, Sample.Audit(Now, AuditActions.RevocationAdded), default);

        sessions.ShouldBe(kind == RevocationTargetKind.All ? 2 : 1);
        appended.ShouldHaveSingleItem().Revocation.ShouldBe(entry);
        var ended = (await Db.Sessions.FindAsync(meant.Id, default))!;
        (ended.RevokedAt, ended.RevokedReason).ShouldBe((CutOff, RevocationReasons.Operator));
        (await Db.Sessions.FindAsync(other.Id, default))!.RevokedAt.ShouldBe(kind == RevocationTargetKind.All ? CutOff : null);
        (await Db.Revocations.CountSessionsAsync(entry, resources, default)).ShouldBe(0);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.RevocationAdded).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(SessionTargets.Kinds), MemberType = typeof(SessionTargets))]
    public async Task A_session_from_after_the_cut_off_goes_on_unless_it_is_named_itself(RevocationTargetKind kind)
    {
        var later = CutOff.AddMilliseconds(1);
        var subject = new Subject(kind == RevocationTargetKind.VirtualKey ? SubjectKind.VirtualKey : SubjectKind.Session, "s1");
        var session = await AddSessionAsync(Sample.Session(Now) with { Subject = subject, CreatedAt = later, AuthenticatedAt = later, IdleExpiresAt = later.AddDays(1) });
        var (entry, resources) = Entry(kind, session);

        var (_, sessions) = await Db.Revocations.AppendAsync(entry, resources, Sample.Audit(Now, AuditActions.RevocationAdded), default);

        sessions.ShouldBe(kind == RevocationTargetKind.Session ? 1 : 0);
    }

    [Fact]
    public async Task A_session_used_in_the_last_moments_gets_an_entry_of_its_own()
    {
        var idle = await AddSessionAsync(Sample.Session(Now));
        var used = await AddSessionAsync(Sample.Session(Now) with { LastUsedAt = CutOff.AddSeconds(-9) });
        var (entry, resources) = Entry(RevocationTargetKind.Client, used);

        var (appended, sessions) = await Db.Revocations.AppendAsync(entry, resources, Sample.Audit(Now, AuditActions.RevocationAdded), default);

        sessions.ShouldBe(2);
        appended.Select(line => line.Revocation.Target).ShouldBe([entry.Target, new(RevocationTargetKind.Session, used.Id.ToString())]);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldBe(appended);
        idle.Id.ShouldNotBe(used.Id);
    }

    [Fact]
    public async Task A_dead_session_is_neither_counted_nor_touched()
    {
        var expired = await AddSessionAsync(Sample.Session(Now) with { IdleExpiresAt = CutOff });
        var revoked = await AddSessionAsync(Sample.Session(Now));
        await Db.Sessions.RevokeAsync(revoked.Id, RevocationReasons.CodeReuse, Sample.Revocation(revoked.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);
        var (entry, resources) = Entry(RevocationTargetKind.All, revoked);
        (await Db.Revocations.CountSessionsAsync(entry, resources, default)).ShouldBe(0);

        (await Db.Revocations.AppendAsync(entry, resources, Sample.Audit(Now, AuditActions.RevocationAdded), default)).Sessions.ShouldBe(0);

        (await Db.Sessions.FindAsync(expired.Id, default))!.RevokedAt.ShouldBeNull();
        (await Db.Sessions.FindAsync(revoked.Id, default))!.RevokedReason.ShouldBe(RevocationReasons.CodeReuse);
    }

    [Fact]
    public async Task Revoking_a_user_ends_the_users_browser_sessions_and_revoking_all_ends_all()
    {
        var mine = await AddBrowserAsync("u1", Now);
        var newer = await AddBrowserAsync("u1", CutOff.AddMilliseconds(1), addUser: false);
        var others = await AddBrowserAsync("u2", Now);

        await AppendAsync(new(new(RevocationTargetKind.Subject, "user:u1"), CutOff, CutOff.AddHours(3), "reason"));
        (await IsSignedInAsync(mine), await IsSignedInAsync(newer), await IsSignedInAsync(others)).ShouldBe((false, true, true));

        await AppendAsync(new(new(RevocationTargetKind.All, ""), CutOff, CutOff.AddHours(3), "reason"));
        (await IsSignedInAsync(newer), await IsSignedInAsync(others)).ShouldBe((true, false));
    }

    [Fact]
    public async Task Revoking_an_admin_token_or_everything_ends_admin_tokens_for_good()
    {
        var (named, other, newer) = (await AddAdminTokenAsync("a", Now), await AddAdminTokenAsync("b", Now), await AddAdminTokenAsync("c", CutOff.AddMilliseconds(1)));
        var one = new RevocationEntry(new(RevocationTargetKind.Token, named.RevocationId), CutOff, CutOff.AddHours(1), "reason");

        await AppendAsync(one with { IsQuarantine = true });
        (await RevokedAtAsync(named)).ShouldBeNull();
        await AppendAsync(one with { Target = new(RevocationTargetKind.Token, named.Id) });
        (await RevokedAtAsync(named)).ShouldBeNull();
        await AppendAsync(one);
        (await RevokedAtAsync(named), await RevokedAtAsync(other), await RevokedAtAsync(newer)).ShouldBe((CutOff, null, null));

        await AppendAsync(new(new(RevocationTargetKind.All, ""), CutOff.AddMilliseconds(-1), CutOff.AddHours(3), "reason"));
        (await RevokedAtAsync(named), await RevokedAtAsync(other), await RevokedAtAsync(newer)).ShouldBe((CutOff, CutOff.AddMilliseconds(-1), null));
    }

    [Theory]
    [MemberData(nameof(SessionTargets.Kinds), MemberType = typeof(SessionTargets))]
    public async Task A_quarantine_counts_sessions_and_leaves_them_alone(RevocationTargetKind kind)
    {
        var session = await AddSessionAsync(kind == RevocationTargetKind.VirtualKey ? Sample.Session(Now) with { Subject = new(SubjectKind.VirtualKey, "vk1") } : Sample.Session(Now));
        var browser = await AddBrowserAsync("u1", Now);
        var (entry, resources) = Entry(kind, session);

        var (appended, sessions) = await Db.Revocations.AppendAsync(entry with { IsQuarantine = true }, resources, Sample.Audit(Now, AuditActions.RevocationAdded), default);

        sessions.ShouldBe(1);
        appended.ShouldHaveSingleItem().Revocation.IsQuarantine.ShouldBeTrue();
        (await Db.Sessions.FindAsync(session.Id, default))!.RevokedAt.ShouldBeNull();
        (await IsSignedInAsync(browser)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lift_is_told_to_readers_audited_and_done_once()
    {
        var quarantine = await AppendAsync(Quarantine("client-1"));
        var seen = (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem();
        seen.ShouldBe(quarantine);

        var (outcome, lift) = await Db.Revocations.LiftAsync(quarantine.Sequence, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default);

        outcome.ShouldBe(LiftOutcome.Lifted);
        lift.ShouldBe(new RevocationLogEntry(lift!.Sequence, quarantine.Revocation) { Lifts = quarantine.Sequence });
        (await Db.Revocations.ReadAfterAsync(seen.Sequence, Now.AddYears(100), default)).ShouldHaveSingleItem().ShouldBe(lift);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldNotContain(line => line.Lifts == null);
        (await Db.Revocations.ListAsync(null, 10, Now, default)).ShouldBeEmpty();
        (await Db.Revocations.LiftAsync(quarantine.Sequence, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default)).ShouldBe((LiftOutcome.NotFound, null));
        (await Db.Revocations.LiftAsync(lift.Sequence, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default)).ShouldBe((LiftOutcome.NotFound, null));
        (await AuditedActionsAsync()).Count(action => action == AuditActions.RevocationLifted).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_for_good_is_never_lifted()
    {
        var permanent = await AppendAsync(Quarantine("client-1") with { IsQuarantine = false });

        (await Db.Revocations.LiftAsync(permanent.Sequence, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default)).ShouldBe((LiftOutcome.Permanent, null));
        (await Db.Revocations.LiftAsync(permanent.Sequence + 1, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default)).ShouldBe((LiftOutcome.NotFound, null));

        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem().ShouldBe(permanent);
        (await AuditedActionsAsync()).ShouldNotContain(AuditActions.RevocationLifted);
    }

    [Fact]
    public async Task Of_concurrent_lifts_one_wins_and_the_others_find_nothing()
    {
        var warm = await AppendAsync(Quarantine("warm"));
        var quarantine = await AppendAsync(Quarantine("client-1"));

        var outcomes = await RaceAsync(32, () => LiftAsync(warm), _ => LiftAsync(quarantine));

        outcomes.Count(outcome => outcome == LiftOutcome.Lifted).ShouldBe(1);
        outcomes.Count(outcome => outcome == LiftOutcome.NotFound).ShouldBe(31);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count(line => line.Lifts == quarantine.Sequence).ShouldBe(1);
    }

    [Fact]
    public async Task The_list_shows_what_stands_newest_first_in_pages()
    {
        var a = await AppendAsync(Quarantine("a"));
        var b = await AppendAsync(Quarantine("b"));
        await AppendAsync(Quarantine("gone") with { ExpiresAt = Now });
        var c = await AppendAsync(Quarantine("c"));

        var first = await Db.Revocations.ListAsync(null, 2, Now, default);
        first.ShouldBe([c, b]);
        (await Db.Revocations.ListAsync(first[^1].Sequence, 2, Now, default)).ShouldBe([a]);
    }

    private static RevocationEntry Quarantine(string client) =>
        new(new(RevocationTargetKind.Client, client), Now, RevocationEntry.Never, "reason") { IsQuarantine = true };

    private static (RevocationEntry Entry, IReadOnlyList<string> Resources) Entry(RevocationTargetKind kind, Session session)
    {
        var value = kind switch
        {
            RevocationTargetKind.Session => session.Id.ToString(),
            RevocationTargetKind.Subject => session.Subject.ToString(),
            RevocationTargetKind.VirtualKey => session.Subject.Id,
            RevocationTargetKind.Client => session.ClientId,
            RevocationTargetKind.Provider => "github",
            RevocationTargetKind.Resource => session.Resource,
            _ => "",
        };
        return (
            new RevocationEntry(new(kind, value), CutOff, CutOff.AddHours(3), "reason"),
            kind is RevocationTargetKind.Provider or RevocationTargetKind.Resource ? [session.Resource] : []);
    }

    private async Task<RevocationLogEntry> AppendAsync(RevocationEntry entry) =>
        (await Db.Revocations.AppendAsync(entry, [], Sample.Audit(Now, AuditActions.RevocationAdded), default)).Appended[0];

    private async Task<LiftOutcome> LiftAsync(RevocationLogEntry entry) =>
        (await Db.Revocations.LiftAsync(entry.Sequence, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default)).Outcome;

    private async Task<BrowserSession> AddBrowserAsync(string user, DateTimeOffset at, bool addUser = true)
    {
        if (addUser)
        {
            await AddUserAsync(user);
        }

        var browser = new BrowserSession(Sample.Hash(), user, at, Now.AddHours(12));
        await Db.BrowserSessions.AddAsync(browser, Sample.Audit(Now, AuditActions.SignInSucceeded), default);
        return browser;
    }

    private async Task<AdminToken> AddAdminTokenAsync(string name, DateTimeOffset at)
    {
        var token = new AdminToken { Id = Sample.Id(), Name = name, SecretHash = Sample.Hash(), CreatedAt = at };
        (await Db.AdminTokens.AddAsync(token, Sample.Audit(Now, AuditActions.AdminTokenCreated), default)).ShouldBeTrue();
        return token;
    }

    private async Task<DateTimeOffset?> RevokedAtAsync(AdminToken token) => (await Db.AdminTokens.FindAsync(token.Id, default))!.RevokedAt;

    private async Task<bool> IsSignedInAsync(BrowserSession browser) => await Db.BrowserSessions.FindAsync(browser.SecretHash, Now, default) is not null;
}
