using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;

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
