using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class CredentialConnectionContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private readonly StoredCredential _credential = Sample.Credential(Now);

    [Fact]
    public async Task What_a_claimed_flow_brought_is_stored_and_the_flow_is_over()
    {
        var flow = await ClaimedAsync();

        (await ConnectAsync(flow)).ShouldBe(CredentialConnectOutcome.Stored);

        (await Db.Credentials.FindAsync(_credential.Key, default)).ShouldBeRow(_credential);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialStored]);
        (await ConnectAsync(flow, _credential with { Version = 2 }, 1)).ShouldBe(CredentialConnectOutcome.FlowGone);
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.AlreadyClaimed);
    }

    [Fact]
    public async Task Connecting_again_keeps_the_row()
    {
        await Db.Credentials.PutAsync(_credential with { Status = CredentialStatus.NeedsReauth }, 0, null, default);
        var again = _credential with { Version = 2, Envelope = Sample.Hash(), StatusReason = null };

        (await ConnectAsync(await ClaimedAsync(), again, 1)).ShouldBe(CredentialConnectOutcome.Stored);

        (await Db.Credentials.FindAsync(_credential.Key, default)).ShouldBeRow(again);
    }

    [Fact]
    public async Task A_conflict_leaves_the_flow_for_the_next_attempt()
    {
        await Db.Credentials.PutAsync(_credential, 0, null, default);
        var flow = await ClaimedAsync();

        (await ConnectAsync(flow)).ShouldBe(CredentialConnectOutcome.Conflict);
        (await AuditedActionsAsync()).ShouldBeEmpty();
        (await ConnectAsync(flow, _credential with { Version = 2 }, 1)).ShouldBe(CredentialConnectOutcome.Stored);
    }

    [Fact]
    public async Task A_flow_that_was_not_claimed_has_expired_or_is_for_another_credential_brings_nothing()
    {
        var unclaimed = Sample.Flow(Now);
        await Db.ConnectionFlows.AddAsync(unclaimed, default);
        (await ConnectAsync(unclaimed)).ShouldBe(CredentialConnectOutcome.FlowGone);
        (await ConnectAsync(Sample.Flow(Now))).ShouldBe(CredentialConnectOutcome.FlowGone);
        (await ConnectAsync(await ClaimedAsync(Sample.Flow(Now) with { Provider = "other" }))).ShouldBe(CredentialConnectOutcome.FlowGone);
        (await ConnectAsync(await ClaimedAsync(Sample.Flow(Now) with { Owner = new CredentialOwner(CredentialOwnerKind.User, "u2") }))).ShouldBe(CredentialConnectOutcome.FlowGone);
        (await ConnectAsync(await ClaimedAsync(Sample.Flow(Now) with { Purpose = ConnectionPurpose.SignIn }))).ShouldBe(CredentialConnectOutcome.FlowGone);
        var flow = await ClaimedAsync();
        (await ConnectAsync(flow, at: flow.ExpiresAt)).ShouldBe(CredentialConnectOutcome.FlowGone);

        (await Db.Credentials.FindAsync(_credential.Key, default)).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_deleted_does_not_come_back_with_a_late_callback()
    {
        await Db.Credentials.PutAsync(_credential, 0, null, default);
        var (claimed, pending) = (await ClaimedAsync(), Sample.Flow(Now));
        await Db.ConnectionFlows.AddAsync(pending, default);
        var others = Sample.Flow(Now) with { Provider = "other" };
        await Db.ConnectionFlows.AddAsync(others, default);

        await Db.Credentials.DeleteAsync(_credential.Key, default);

        (await ConnectAsync(claimed)).ShouldBe(CredentialConnectOutcome.FlowGone);
        (await Db.ConnectionFlows.ClaimAsync(pending.StateHash, pending.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.NotFound);
        (await Db.ConnectionFlows.ClaimAsync(others.StateHash, others.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
        (await Db.Credentials.FindAsync(_credential.Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_callbacks_of_one_flow_one_stores()
    {
        var flow = await ClaimedAsync();

        var answers = await RaceAsync(16, async () => await Db.Credentials.FindAsync(_credential.Key, default), _ => ConnectAsync(flow));

        answers.Count(a => a == CredentialConnectOutcome.Stored).ShouldBe(1);
        answers.Count(a => a == CredentialConnectOutcome.FlowGone).ShouldBe(15);
    }

    [Fact]
    public async Task However_callbacks_and_a_deletion_meet_nothing_is_left_of_what_was_there_before_the_deletion()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = _credential.Key with { Provider = "p" + round };
            var old = Sample.Credential(Now, key.Provider);
            await Db.Credentials.PutAsync(old, 0, null, default);
            var flow = await ClaimedAsync(Sample.Flow(Now) with { Provider = key.Provider });
            var late = old with { Version = 2 };

            var outcomes = await RaceAsync(
                2,
                () => Task.CompletedTask,
                async i =>
                {
                    if (i == 0)
                    {
                        return await ConnectAsync(flow, late, 1);
                    }

                    await Db.Credentials.DeleteAsync(key, default);
                    return (CredentialConnectOutcome?)null;
                });

            outcomes[0].ShouldNotBe(CredentialConnectOutcome.Conflict);
            (await Db.Credentials.FindAsync(key, default)).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("deactivated")]
    [InlineData("expired")]
    [InlineData("ended")]
    [InlineData("owner disabled")]
    [InlineData("not granted")]
    [InlineData("not the resource's")]
    [InlineData("deleted")]
    public async Task Nothing_is_connected_for_a_key_that_may_not_have_it_when_the_flow_ends(string why)
    {
        foreach (var bySession in new[] { false, true })
        {
            var (key, credential) = await EntitledAsync(why + bySession, bySession);
            var flow = await ClaimedAsync(Sample.Flow(Now) with { Owner = credential.Key.Owner });

            await EndAsync(key, why);

            (await ConnectAsync(flow, credential)).ShouldBe(CredentialConnectOutcome.FlowGone);
            (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_key_may_have_is_connected_for_it_or_for_its_session(bool bySession)
    {
        var (_, credential) = await EntitledAsync("agent", bySession);

        (await ConnectAsync(await ClaimedAsync(Sample.Flow(Now) with { Owner = credential.Key.Owner }), credential)).ShouldBe(CredentialConnectOutcome.Stored);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
    }

    [Fact]
    public async Task However_a_flow_and_the_end_of_its_grant_meet_nothing_active_is_left()
    {
        for (var round = 0; round < 12; round++)
        {
            var (key, credential) = await EntitledAsync("k" + round, bySession: false);
            var flow = await ClaimedAsync(Sample.Flow(Now) with { Owner = credential.Key.Owner });

            var outcomes = await RaceAsync(
                2,
                () => Task.CompletedTask,
                async i =>
                {
                    if (i == 0)
                    {
                        return await ConnectAsync(flow, credential);
                    }

                    await Db.Grants.RemoveAsync(key.Id, "notes", Sample.Audit(Now, AuditActions.GrantRemoved), Now, default);
                    return (CredentialConnectOutcome?)null;
                });

            var row = await Db.Credentials.FindAsync(credential.Key, default);
            (outcomes[0], row?.Status).ShouldBeOneOf((CredentialConnectOutcome.FlowGone, null), (CredentialConnectOutcome.Stored, CredentialStatus.Orphaned));
        }
    }

    /// <summary>A key that may have github, and a credential for it: its own, or one of a session of it.</summary>
    private async Task<(VirtualKey Key, StoredCredential Credential)> EntitledAsync(string name, bool bySession)
    {
        await Db.Declarations.ApplyAsync(new Declaration(new ResourceMirror([("notes", "github")], []), []), Sample.Audit(Now, AuditActions.GrantChanged), null, Now, default);
        var key = Sample.VirtualKey(name, Now) with { OwnerUserId = name.StartsWith("owner", StringComparison.Ordinal) ? await OwnerAsync(name) : null, ExpiresAt = Now.AddMinutes(5) };
        (await Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        await Db.Grants.PutAsync(key.Id, new Grant("notes", null), Sample.Audit(Now, AuditActions.GrantChanged), Now, default);
        var subject = new Subject(SubjectKind.VirtualKey, key.Id);
        var owner = bySession ? new CredentialOwner(CredentialOwnerKind.Session, SessionId.Create().ToString()) : CredentialOwner.Of(subject);
        var credential = Sample.Credential(Now) with { Key = new(owner, "github"), StatusReason = null, Binding = bySession ? new(subject, "client-1") : null };
        return (key, credential);
    }

    private async Task<string> OwnerAsync(string name)
    {
        var id = "owner-" + name;
        await AddUserAsync(id);
        return id;
    }

    private async Task EndAsync(VirtualKey key, string why)
    {
        var audit = Sample.Audit(Now, AuditActions.VirtualKeyUpdated);
        switch (why)
        {
            case "deactivated":
                await Db.VirtualKeys.UpdateAsync(key.Id, new() { Active = false }, audit, Now, default);
                break;
            case "expired":
                await Db.VirtualKeys.UpdateAsync(key.Id, new() { ExpiresAt = new(Now) }, audit, Now, default);
                break;
            case "ended":
                await Db.Revocations.AppendAsync(new RevocationEntry(new(RevocationTargetKind.VirtualKey, key.Id), Now, Now.AddHours(1), RevocationReasons.Operator), [], audit, default);
                break;
            case "owner disabled":
                await Db.DisableUserAsync(key.OwnerUserId!, Now);
                break;
            case "not granted":
                await Db.Grants.RemoveAsync(key.Id, "notes", audit, Now, default);
                break;
            case "not the resource's":
                await Db.Declarations.ApplyAsync(new Declaration(new ResourceMirror([("notes", "linear")], []), []), audit, null, Now, default);
                break;
            default:
                await Db.VirtualKeys.DeleteAsync(key.Id, new RevocationEntry(new(RevocationTargetKind.VirtualKey, key.Id), Now, Now.AddHours(1), RevocationReasons.VirtualKeyDeleted), audit, default);
                break;
        }
    }

    private async Task<ConnectionFlow> ClaimedAsync(ConnectionFlow? sample = null)
    {
        var flow = sample ?? Sample.Flow(Now);
        await Db.ConnectionFlows.AddAsync(flow, default);
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
        return flow;
    }

    private Task<CredentialConnectOutcome> ConnectAsync(ConnectionFlow flow, StoredCredential? credential = null, long expected = 0, DateTimeOffset? at = null) =>
        Db.Credentials.ConnectAsync(credential ?? _credential, expected, flow.StateHash, Sample.Audit(Now, AuditActions.CredentialStored), at ?? Now, default);
}
