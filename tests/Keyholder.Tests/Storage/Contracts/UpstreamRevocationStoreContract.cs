using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class UpstreamRevocationStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset Until = Now.AddMinutes(1);

    [Theory]
    [InlineData(SessionEnd.Alone, true)]
    [InlineData(SessionEnd.Alone, false)]
    [InlineData(SessionEnd.WithOthers, true)]
    [InlineData(SessionEnd.WithOthers, false)]
    [InlineData(SessionEnd.KillSwitch, true)]
    [InlineData(SessionEnd.KillSwitch, false)]
    [InlineData(SessionEnd.WithItsClient, true)]
    [InlineData(SessionEnd.WithItsClient, false)]
    public async Task A_session_that_ends_hands_over_what_it_alone_held_as_it_lay(SessionEnd end, bool anonymous)
    {
        await Db.Clients.AddAsync(Sample.Client("client-1", Now), 10, Now, Now, default);
        var session = await AddSessionAsync(anonymous ? Sample.Session(Now) : Sample.Session(Now) with { Subject = Subject.User("u1") });
        var other = await AddSessionAsync(Sample.Session(Now) with { ClientId = "client-2", Subject = Subject.User("u1") });
        var owner = anonymous ? CredentialOwner.Of(session.Subject) : new CredentialOwner(CredentialOwnerKind.Session, session.Id.ToString());
        var held = await AddCredentialAsync(owner, "github");
        var headers = await AddCredentialAsync(owner, "notion", CredentialKind.Headers);
        var kept = new[]
        {
            await AddCredentialAsync(new(CredentialOwnerKind.Session, other.Id.ToString()), "github"),
            await AddCredentialAsync(new(CredentialOwnerKind.Session, SessionId.Create().ToString()), "github"),
            await AddCredentialAsync(new(CredentialOwnerKind.User, "u1"), "github"),
            await AddCredentialAsync(new(CredentialOwnerKind.Shared, "github"), "github"),
        };
        var ofKey = await AddCredentialAsync(new(CredentialOwnerKind.VirtualKey, session.Id.ToString()), "github");
        var flow = Sample.Flow(Now) with { Owner = owner };
        var othersFlow = Sample.Flow(Now) with { Owner = kept[0].Key.Owner };
        await Db.ConnectionFlows.AddAsync(flow, default);
        await Db.ConnectionFlows.AddAsync(othersFlow, default);

        await EndAsync(session, end);

        (await Db.Credentials.FindAsync(held.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(headers.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(ofKey.Key, default)).ShouldNotBeNull();
        foreach (var credential in kept)
        {
            (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        }

        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.NotFound);
        (await Db.ConnectionFlows.ClaimAsync(othersFlow.StateHash, othersFlow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
        var (revocation, row, _) = (await ClaimAsync()).ShouldHaveSingleItem();
        (revocation.Key, revocation.Cause, revocation.Status, revocation.Attempts, revocation.CreatedAt).ShouldBe((held.Key, UpstreamRevocationCauses.SessionEnded, UpstreamRevocationStatus.Pending, 1, Now));
        row.RowId.ShouldBe(held.RowId);
        row.Envelope.ShouldBe(held.Envelope);
        (row.Key, row.Kind, row.Version, row.ProviderSubject).ShouldBe((held.Key, held.Kind, held.Version, held.ProviderSubject));
    }

    [Fact]
    public async Task What_two_sessions_of_an_anonymous_subject_hold_goes_with_the_last_of_them()
    {
        var first = await AddSessionAsync(Sample.Session(Now));
        var second = await AddSessionAsync(Sample.Session(Now) with { Subject = first.Subject });
        var held = await AddCredentialAsync(CredentialOwner.Of(first.Subject), "github");

        await EndAsync(first, SessionEnd.Alone);
        (await Db.Credentials.FindAsync(held.Key, default)).ShouldNotBeNull();

        await EndAsync(second, SessionEnd.WithOthers);
        (await Db.Credentials.FindAsync(held.Key, default)).ShouldBeNull();
        (await ClaimAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_virtual_key_that_is_deleted_hands_over_what_it_and_its_sessions_held()
    {
        var key = Sample.VirtualKey("agent", Now);
        (await Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        var session = await AddSessionAsync(Sample.Session(Now) with { Subject = new(SubjectKind.VirtualKey, key.Id) });
        var own = await AddCredentialAsync(new(CredentialOwnerKind.VirtualKey, key.Id), "github");
        var lent = await AddCredentialAsync(new(CredentialOwnerKind.Session, session.Id.ToString()), "github");
        var other = await AddCredentialAsync(new(CredentialOwnerKind.VirtualKey, "another"), "github");

        await Db.VirtualKeys.DeleteAsync(key.Id, Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.VirtualKeyDeleted), default);

        (await ClaimAsync()).Select(row => (row.Revocation.Key, row.Revocation.Cause)).ShouldBe(
            [(own.Key, UpstreamRevocationCauses.Deleted), (lent.Key, UpstreamRevocationCauses.SessionEnded)], ignoreOrder: true);
        (await Db.Credentials.FindAsync(own.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(lent.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(other.Key, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_quarantine_ends_nothing()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var held = await AddCredentialAsync(CredentialOwner.Of(session.Subject), "github");
        var entry = new RevocationEntry(new(RevocationTargetKind.All, ""), Now, RevocationEntry.Never, "reason") { IsQuarantine = true };

        await Db.Revocations.AppendAsync(entry, [], Sample.Audit(Now, AuditActions.RevocationAdded), default);

        (await Db.Credentials.FindAsync(held.Key, default)).ShouldNotBeNull();
        (await ClaimAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sixteen_claimers_get_every_row_once_and_again_only_when_the_claim_is_over()
    {
        for (var i = 0; i < 20; i++)
        {
            await AddAsync();
        }

        var claimed = await RaceAsync(16, () => Db.UpstreamRevocations.ListAsync(new() { Limit = 1 }, default), _ => ClaimAsync(limit: 3));

        claimed.ShouldAllBe(rows => rows.Count <= 3);
        var ids = claimed.SelectMany(rows => rows).Select(row => row.Revocation.IdText).ToList();
        ids.ShouldBeUnique();
        while ((await ClaimAsync()) is { Count: > 0 } rest)
        {
            ids.AddRange(rest.Select(row => row.Revocation.IdText));
        }

        ids.Count.ShouldBe(20);
        ids.ShouldBeUnique();
        (await ClaimAsync(at: Until.AddMilliseconds(-1))).ShouldBeEmpty();
        (await ClaimAsync(limit: 50, at: Until)).Select(row => row.Revocation.Attempts).ShouldBe(Enumerable.Repeat(2, 20));
    }

    [Fact]
    public async Task A_finished_row_keeps_no_envelope_is_audited_and_never_claimed_again()
    {
        await AddAsync();
        var claimed = (await ClaimAsync()).Single().Revocation;

        (await FinishAsync(claimed)).ShouldBeTrue();

        (await ClaimAsync(at: Now.AddYears(1))).ShouldBeEmpty();
        var row = (await Db.UpstreamRevocations.ListAsync(new() { Limit = 10 }, default)).ShouldHaveSingleItem();
        (row.Status, row.Reason, row.FinishedAt, row.Attempts).ShouldBe((UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Revoked, Now, 1));
        (await FinishAsync(claimed)).ShouldBeFalse();
        (await Db.UpstreamRevocations.DeferAsync(claimed, "unavailable", Until)).ShouldBeFalse();
        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialRevokedUpstream).ShouldBe(1);
    }

    [Fact]
    public async Task A_claim_that_is_over_changes_nothing_any_more()
    {
        await AddAsync();
        var late = (await ClaimAsync()).Single().Revocation;
        var current = (await ClaimAsync(at: Until)).Single().Revocation;

        (await FinishAsync(late)).ShouldBeFalse();
        (await Db.UpstreamRevocations.DeferAsync(late, "unavailable", Now)).ShouldBeFalse();

        (await Db.UpstreamRevocations.DeferAsync(current, UpstreamRevocationReasons.Unavailable, Now.AddHours(1))).ShouldBeTrue();
        var row = (await Db.UpstreamRevocations.ListAsync(new() { Limit = 10 }, default)).ShouldHaveSingleItem();
        (row.Status, row.Reason, row.DueAt, row.Attempts).ShouldBe((UpstreamRevocationStatus.Pending, UpstreamRevocationReasons.Unavailable, Now.AddHours(1), 2));
        (await ClaimAsync(at: Now.AddHours(1).AddMilliseconds(-1))).ShouldBeEmpty();
        (await ClaimAsync(at: Now.AddHours(1))).Count.ShouldBe(1);
        (await AuditedActionsAsync()).ShouldNotContain(AuditActions.CredentialRevokedUpstream);
    }

    [Fact]
    public async Task It_says_whether_the_account_is_in_use_by_another_credential_of_that_provider()
    {
        var (alone, shared, unknown) = (await AddAsync("alone"), await AddAsync("shared"), await AddAsync(account: null));
        await AddCredentialAsync(new(CredentialOwnerKind.User, "u1"), "github", account: "shared");
        await AddCredentialAsync(new(CredentialOwnerKind.User, "u2"), "gitlab", account: "alone");
        await AddCredentialAsync(new(CredentialOwnerKind.User, "u3"), "github", account: null);

        var claimed = (await ClaimAsync()).ToDictionary(row => row.Revocation.IdText, row => row.AccountInUse);

        (claimed[alone], claimed[shared], claimed[unknown]).ShouldBe((false, true, false));
    }

    [Fact]
    public async Task Pages_go_from_the_newest_back_and_can_be_of_one_status()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await AddAsync(at: Now.AddMinutes(i)));
        }

        await FinishAsync((await ClaimAsync(limit: 1)).Single().Revocation);

        var first = await Db.UpstreamRevocations.ListAsync(new() { Limit = 2 }, default);
        var rest = await Db.UpstreamRevocations.ListAsync(new() { Limit = 9, After = new RowPosition(first[^1].CreatedAt, first[^1].Id) }, default);
        first.Concat(rest).Select(row => row.IdText).ShouldBe(ids);
        var done = await Db.UpstreamRevocations.ListAsync(new() { Limit = 9, Status = UpstreamRevocationStatus.Done }, default);
        done.ShouldHaveSingleItem().IdText.ShouldBe(ids[^1]);
        (await Db.UpstreamRevocations.ListAsync(new() { Limit = 9, Status = UpstreamRevocationStatus.Failed }, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_that_merely_expires_hands_over_what_it_held_when_that_is_swept()
    {
        var sweptAt = Now.AddDays(400);
        var held = new List<StoredCredential>();
        foreach (var i in Enumerable.Range(0, 5))
        {
            var session = await AddSessionAsync(i % 2 == 0 ? Sample.Session(Now) : Sample.Session(Now) with { Subject = Subject.User("u1") });
            held.Add(await AddCredentialAsync(new(CredentialOwnerKind.Session, session.Id.ToString()), "github"));
            await AddCredentialAsync(held[^1].Key.Owner, "notion", CredentialKind.Headers);
        }

        var flow = Sample.Flow(Now) with { Owner = held[0].Key.Owner };
        await Db.ConnectionFlows.AddAsync(flow, default);
        var user = await AddCredentialAsync(new(CredentialOwnerKind.User, "u1"), "github");
        (await SweepAsync(3)).ShouldBe((0, 0), "The rows of the sessions are still there.");
        await Db.Sweeps.DeleteAsync(SweepTarget.UnredeemedSessions, sweptAt, 100, sweptAt, default);

        (await SweepAsync(3)).ShouldBe((3, 3));
        (await SweepAsync(7)).ShouldBe((7, 7));
        (await SweepAsync(7)).ShouldBe((0, 0));

        var claimed = await ClaimAsync(at: sweptAt);
        claimed.Select(row => row.Credential.Envelope).ShouldBe(held.Select(row => row.Envelope), ignoreOrder: true);
        claimed.ShouldAllBe(row => row.Revocation.Cause == UpstreamRevocationCauses.SessionEnded && row.Revocation.CreatedAt == sweptAt);
        (await Db.Credentials.FindAsync(user.Key, default)).ShouldBeRow(user);
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.NotFound);

        Task<(int Found, int Deleted)> SweepAsync(int limit) => Db.Sweeps.DeleteAsync(SweepTarget.SessionCredentials, sweptAt, limit, sweptAt, default);
    }

    [Fact]
    public async Task Sweeps_that_cross_hand_every_credential_over_once()
    {
        const int Rows = 40;
        foreach (var _ in Enumerable.Range(0, Rows))
        {
            await AddCredentialAsync(new(CredentialOwnerKind.Session, SessionId.Create().ToString()), "github");
        }

        var deleted = await RaceAsync(
            8,
            () => Db.Sweeps.DeleteAsync(SweepTarget.AuthorizationRequests, Now, 1, Now, default),
            async _ => (await Db.Sweeps.DeleteAsync(SweepTarget.SessionCredentials, Now, Rows, Now, default)).Deleted);

        deleted.Sum().ShouldBe(Rows);
        (await ClaimAsync(limit: 2 * Rows)).Select(row => row.Revocation.IdText).Distinct().Count().ShouldBe(Rows);
    }

    [Fact]
    public async Task A_sweep_takes_finished_rows_and_no_other()
    {
        await AddAsync();
        await AddAsync();
        await FinishAsync((await ClaimAsync(limit: 1)).Single().Revocation);

        (await Db.Sweeps.DeleteAsync(SweepTarget.UpstreamRevocations, Now.AddMilliseconds(-1), 10, Now, default)).Deleted.ShouldBe(0);
        (await Db.Sweeps.DeleteAsync(SweepTarget.UpstreamRevocations, Now, 10, Now, default)).Deleted.ShouldBe(1);

        (await Db.UpstreamRevocations.ListAsync(new() { Limit = 10 }, default)).ShouldHaveSingleItem().Status.ShouldBe(UpstreamRevocationStatus.Pending);
    }

    private Task<IReadOnlyList<ClaimedUpstreamRevocation>> ClaimAsync(int limit = 10, DateTimeOffset? at = null)
    {
        var now = at ?? Now.AddMinutes(at is null ? 0 : 1);
        return Db.UpstreamRevocations.ClaimAsync(limit, now + (Until - Now), now, default);
    }

    private Task<bool> FinishAsync(UpstreamRevocation revocation) => Db.UpstreamRevocations.FinishAsync(
        revocation, UpstreamRevocationStatus.Done, UpstreamRevocationReasons.Revoked, Sample.Audit(Now, AuditActions.CredentialRevokedUpstream), Now);

    // The id of a row that came in by the end of a session of its own.
    private async Task<string> AddAsync(string? account = "4711", DateTimeOffset? at = null)
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var held = await AddCredentialAsync(CredentialOwner.Of(session.Subject), "github", account: account);
        await EndAsync(session, SessionEnd.Alone, at);
        return Base64UrlText.Encode(held.RowId);
    }

    private async Task<StoredCredential> AddCredentialAsync(CredentialOwner owner, string provider, CredentialKind kind = CredentialKind.OAuth, string? account = "4711")
    {
        var row = Sample.Credential(Now) with { Key = new(owner, provider), Kind = kind, ProviderSubject = account };
        await EnsureKeyAsync(owner);
        (await Db.Credentials.PutAsync(row, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        return row;
    }

    private Task EndAsync(Session session, SessionEnd end, DateTimeOffset? at = null)
    {
        var (audit, now) = (Sample.Audit(Now, AuditActions.SessionRevoked), at ?? Now);
        var entry = Sample.Revocation(session.Id, now);
        return end switch
        {
            SessionEnd.Alone => Db.Sessions.RevokeAsync(session.Id, "reason", entry, audit, now, default),
            SessionEnd.WithOthers => Db.SessionDirectory.RevokeAsync(new SessionSelector { ClientId = session.ClientId }, "reason", now, audit, now, default),
            SessionEnd.KillSwitch => Db.Revocations.AppendAsync(entry, [], audit, default),
            _ => Db.Clients.DeleteAsync(session.ClientId, "reason", entry, audit, now, default),
        };
    }
}
