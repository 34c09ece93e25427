using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class CredentialRefusalStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset Due = Now.AddMinutes(10);
    private readonly StoredCredential _row = Sample.Credential(Now);

    [Fact]
    public async Task A_refusal_comes_with_every_read_of_the_credential_is_audited_and_told_to_every_node()
    {
        await AddAsync(_row);
        var other = Sample.Credential(Now, "gitlab");
        await AddAsync(other);
        var refusal = Refusal(Hostile, reason: Hostile);

        (await RecordAsync(refusal)).ShouldBe(RefusalRecordOutcome.Recorded);
        (await RecordAsync(Refusal("other"))).ShouldBe(RefusalRecordOutcome.Recorded);

        CredentialRefusal[] expected = [refusal, Refusal("other")];
        (await RefusalsAsync()).ShouldBe(expected, ignoreOrder: true);
        (await Db.Credentials.FindAllAsync([other.Key, _row.Key], default)).Select(row => row!.Refusals.Count).ShouldBe([0, 2]);
        (await Db.Credentials.ListAsync(_row.Key.Owner, default)).Select(row => row.Refusals.Count).ShouldBe([2, 0]);
        (await Db.CredentialDirectory.FindAsync(_row.RowId, Now, default))!.Credential.Refusals.ShouldBe(expected, ignoreOrder: true);
        (await Db.CredentialDirectory.ListAsync(new() { Limit = 9 }, Now, default)).Sum(listing => listing.Credential.Refusals.Count).ShouldBe(2);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialRefusedByResource, AuditActions.CredentialRefusedByResource]);
        (await NoticesAsync()).ShouldBe(["user:u1", "user:u1"]);
    }

    [Fact]
    public async Task One_that_stands_is_not_recorded_again_and_one_that_is_due_keeps_its_beginning()
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());

        (await RecordAsync(Refusal(at: Due.AddMilliseconds(-1)))).ShouldBe(RefusalRecordOutcome.Standing);
        (await RefusalsAsync()).ShouldBe([Refusal()]);
        (await AuditedActionsAsync()).Count.ShouldBe(1);

        (await RecordAsync(Refusal(at: Due, reason: "another"))).ShouldBe(RefusalRecordOutcome.Recorded);
        (await RefusalsAsync()).ShouldBe([Refusal() with { Reason = "another", RetryAt = Due.AddMinutes(10) }]);
    }

    [Fact]
    public async Task Nothing_is_recorded_of_a_credential_that_was_written_marked_or_deleted_meanwhile()
    {
        await AddAsync(_row);
        (await RecordAsync(Refusal(), _row with { Version = 2 })).ShouldBe(RefusalRecordOutcome.Changed);
        await Db.Credentials.MarkAsync(_row.Key, 1, CredentialStatus.NeedsReauth, "reason", Sample.Audit(Now, AuditActions.CredentialNeedsReauth), Now, default);
        (await RecordAsync(Refusal())).ShouldBe(RefusalRecordOutcome.Changed);
        await Db.Credentials.DeleteAsync(_row.Key, default);
        await AddAsync(Sample.Credential(Now));
        (await RecordAsync(Refusal())).ShouldBe(RefusalRecordOutcome.Changed, "it is another row");

        (await RefusalsAsync()).ShouldBeEmpty();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialNeedsReauth]);
        (await NoticesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_connects_again_ends_every_refusal_and_every_node_is_told(bool byFlow)
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());
        await RecordAsync(Refusal("other"));

        (await ReconnectAsync(byFlow)).ShouldBeTrue();

        (await RefusalsAsync()).ShouldBeEmpty();
        (await NoticesAsync()).Count.ShouldBe(3);
        (await Db.Credentials.PutAsync(Again(3), 2, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        (await NoticesAsync()).Count.ShouldBe(3, "there was nothing to end");
    }

    [Fact]
    public async Task A_write_that_is_refused_ends_no_refusal()
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());

        (await Db.Credentials.PutAsync(Again(3), 2, null, default)).ShouldBe(CredentialPutOutcome.Conflict);
        (await Db.Credentials.PutAsync(Sample.Credential(Now), 0, null, default)).ShouldBe(CredentialPutOutcome.Conflict);

        (await RefusalsAsync()).ShouldBe([Refusal()]);
    }

    [Fact]
    public async Task A_refresh_ends_no_refusal()
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());
        var refresh = (await Db.CredentialRefreshes.BeginAsync(_row, Now.AddMinutes(1), Now, default)).Refresh!;

        (await Db.CredentialRefreshes.CompleteAsync(refresh, Again(2), null, default)).ShouldBe(RefreshStoreOutcome.Stored);

        (await RefusalsAsync()).ShouldBe([Refusal()]);
    }

    [Fact]
    public async Task Refusals_go_with_the_credential_by_whatever_road()
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());
        await Db.Credentials.DeleteAsync(_row.Key, default);
        await AddAsync(_row);
        (await RefusalsAsync()).ShouldBeEmpty();

        await RecordAsync(Refusal());
        (await Db.CredentialDirectory.DeleteAsync(_row, Sample.Audit(Now, AuditActions.CredentialDeleted), Now)).ShouldBeTrue();
        await AddAsync(_row);
        (await RefusalsAsync()).ShouldBeEmpty();

        await RecordAsync(Refusal());
        await Db.Credentials.DeleteUnusedAsync(_row.Key, [], Now, default);
        (await Db.Credentials.FindAsync(_row.Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_retry_is_one_callers_when_it_is_due_and_only_that_one_ends_the_refusal()
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());
        await RecordAsync(Refusal("other"));
        var (first, second) = (Retry(Due.AddMinutes(10)), Retry(Due.AddMinutes(20)));

        (await Db.CredentialRefusals.BeginRetryAsync(first, Due.AddMilliseconds(-1), default)).ShouldBeFalse();
        (await LiftAsync(first)).ShouldBeFalse("the right was never taken");
        (await Db.CredentialRefusals.BeginRetryAsync(first, Due, default)).ShouldBeTrue();
        (await Db.CredentialRefusals.BeginRetryAsync(second, Due, default)).ShouldBeFalse();
        (await RefusalsAsync()).ShouldBe([Refusal() with { RetryAt = first.Until }, Refusal("other")], ignoreOrder: true);
        (await Db.CredentialRefusals.BeginRetryAsync(second, first.Until, default)).ShouldBeTrue();
        (await LiftAsync(first)).ShouldBeFalse("another one has the right now");
        (await AuditedActionsAsync()).ShouldNotContain(AuditActions.CredentialAcceptedByResource);

        (await LiftAsync(second)).ShouldBeTrue();

        (await RefusalsAsync()).ShouldBe([Refusal("other")]);
        (await LiftAsync(second)).ShouldBeFalse();
        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialAcceptedByResource).ShouldBe(1);
        (await NoticesAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Of_many_that_want_to_try_again_one_does()
    {
        await AddAsync(_row);
        await RecordAsync(Refusal());

        var begun = await RaceAsync(
            16, () => Db.CredentialRefusals.BeginRetryAsync(Retry(Due, "warm"), Now, default), i => Db.CredentialRefusals.BeginRetryAsync(Retry(Due.AddMinutes(10 + i)), Due, default));

        begun.Count(won => won).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_that_record_one_refusal_one_does_and_the_others_find_it_standing()
    {
        await AddAsync(_row);

        var outcomes = await RaceAsync(16, () => RecordAsync(Refusal("warm")), _ => RecordAsync(Refusal()));

        outcomes.Count(outcome => outcome == RefusalRecordOutcome.Recorded).ShouldBe(1);
        outcomes.Count(outcome => outcome == RefusalRecordOutcome.Standing).ShouldBe(15);
        (await AuditedActionsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_connects_while_a_refusal_is_recorded_wins(bool byFlow)
    {
        var recorded = 0;
        for (var round = 0; round < 25; round++)
        {
            var row = Sample.Credential(Now, "p" + round);
            await AddAsync(row);
            var flow = byFlow ? await ClaimedAsync(row) : null;
            var outcomes = await RaceAsync(
                6,
                () => Task.CompletedTask,
                async i => i == 3
                    ? await ReconnectAsync(row, flow)
                    : await RecordAsync(Refusal("r" + i), row) == RefusalRecordOutcome.Recorded);

            outcomes[3].ShouldBeTrue("nothing that is recorded keeps anybody from connecting");
            recorded += outcomes.Count(done => done) - 1;
            (await Db.Credentials.FindAsync(row.Key, default))!.Refusals.ShouldBeEmpty();
        }

        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialRefusedByResource).ShouldBe(recorded);
    }

    [Fact]
    public async Task What_is_demanded_comes_with_every_read_and_is_audited_and_grows()
    {
        await AddAsync(_row);
        var (first, wider) = (new ScopeDemand(Hostile, ["read", "write"], Now), new ScopeDemand(Hostile, ["read", "write", "admin"], Now.AddSeconds(1)));

        (await DemandAsync(_row, first)).ShouldBe(ScopeDemandOutcome.Recorded);
        (await DemandAsync(await FindAsync(), new("other", ["x"], Now))).ShouldBe(ScopeDemandOutcome.Recorded);
        (await DemandAsync(await FindAsync(), wider)).ShouldBe(ScopeDemandOutcome.Recorded);

        var expected = _row with { ScopeDemands = [wider, new("other", ["x"], Now)] };
        var found = await FindAsync();
        (found with { ScopeDemands = [.. found.ScopeDemands.OrderBy(demand => demand.Resource == "other")] }).ShouldBeRow(expected);
        (await Db.Credentials.FindAllAsync([_row.Key, Person("u2")], default))[0]!.ScopeDemands.Count.ShouldBe(2);
        (await Db.CredentialDirectory.FindAsync(_row.RowId, Now, default))!.Credential.ScopeDemands.Count.ShouldBe(2);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialScopesDemanded).ShouldBe(3);
    }

    [Fact]
    public async Task What_was_demanded_is_kept_when_somebody_connects_and_when_by_a_refresh_it_is_as_it_was()
    {
        await AddAsync(_row);
        await DemandAsync(_row, new("notes", ["write"], Now));
        var refresh = (await Db.CredentialRefreshes.BeginAsync(_row, Now.AddMinutes(1), Now, default)).Refresh!;
        await Db.CredentialRefreshes.CompleteAsync(refresh, Again(2), null, default);
        (await FindAsync()).DemandOf("notes")!.ConnectedAt.ShouldBeNull();

        await Db.Credentials.PutAsync(Again(3), 2, null, default);
        await Db.Credentials.PutAsync(Again(4) with { UpdatedAt = Now.AddHours(1) }, 3, null, default);

        var demand = (await FindAsync()).DemandOf("notes")!;
        (demand.Scopes.ShouldHaveSingleItem(), demand.ConnectedAt).ShouldBe(("write", Now.AddSeconds(1)));
        (await NoticesAsync()).ShouldBeEmpty();
        (await DemandAsync(await FindAsync(), new("notes", ["write", "more"], Now.AddHours(2)))).ShouldBe(ScopeDemandOutcome.Recorded);
        (await FindAsync()).DemandOf("notes")!.ConnectedAt.ShouldBeNull();

        await Db.Credentials.DeleteAsync(_row.Key, default);
        await AddAsync(_row);
        (await FindAsync()).ScopeDemands.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_what_a_provider_was_asked_for_counts_as_granted_and_what_was_demanded_too_long_ago_is_forgotten(bool byFlow)
    {
        await AddAsync(_row);
        await DemandAsync(_row, new("old", ["unheard-of"], Now - ScopeDemand.Pause));
        await DemandAsync(_row, new("young", ["write"], Now - ScopeDemand.Pause + TimeSpan.FromMilliseconds(1)));
        await DemandAsync(_row, new("now", ["read"], Now));
        await DemandAsync(_row, new("late", ["admin"], Now.AddMilliseconds(1)));
        var (flow, again) = (byFlow ? await ClaimedAsync(_row) : null, Again(2) with { UpdatedAt = byFlow ? Now.AddMinutes(5) : Now });

        (await ReconnectAsync(again, flow)).ShouldBeTrue();

        (await FindAsync()).ScopeDemands.OrderBy(demand => demand.Resource, StringComparer.Ordinal).Select(demand => (demand.Resource, demand.ConnectedAt)).ShouldBe(
            [("late", null), ("now", again.UpdatedAt), ("young", again.UpdatedAt)]);
    }

    [Fact]
    public async Task Demands_that_were_not_granted_are_forgotten_of_that_credential_alone()
    {
        await AddAsync(_row);
        var other = Sample.Credential(Now, "gitlab");
        await AddAsync(other);
        await DemandAsync(_row, new("notes", ["write"], Now));
        await DemandAsync(other, new("notes", ["write"], Now));
        await RecordAsync(Refusal());

        await Db.CredentialRefusals.WithdrawDemandsAsync(_row.Key, default);
        await Db.CredentialRefusals.WithdrawDemandsAsync(_row.Key with { Provider = "unknown" }, default);

        (await FindAsync()).ScopeDemands.ShouldBeEmpty();
        (await RefusalsAsync()).ShouldBe([Refusal()]);
        (await Db.Credentials.FindAsync(other.Key, default))!.ScopeDemands.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_demanded_of_what_changed_meanwhile()
    {
        await AddAsync(_row);
        var demand = new ScopeDemand("notes", ["write"], Now);
        (await DemandAsync(_row with { Version = 2 }, demand)).ShouldBe(ScopeDemandOutcome.Changed);
        (await DemandAsync(_row with { ScopeDemands = [new("notes", ["other"], Now)] }, demand)).ShouldBe(ScopeDemandOutcome.Recorded, "there is nothing to take the place of");
        (await DemandAsync(_row, new("notes", ["admin"], Now))).ShouldBe(ScopeDemandOutcome.Changed, "somebody demanded something else");
        await Db.Credentials.MarkAsync(_row.Key, 1, CredentialStatus.Orphaned, "reason", Sample.Audit(Now, AuditActions.CredentialOrphaned), Now, default);
        (await DemandAsync(await FindAsync(), new("notes", ["admin"], Now))).ShouldBe(ScopeDemandOutcome.Changed);

        (await FindAsync()).DemandOf("notes")!.Scopes.ShouldBe(["write"]);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialScopesDemanded).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_demands_made_on_the_same_ground_one_is_recorded()
    {
        await AddAsync(_row);

        var outcomes = await RaceAsync(16, () => DemandAsync(_row, new("warm", ["x"], Now)), i => DemandAsync(_row, new("notes", ["s" + i], Now)));

        outcomes.Count(outcome => outcome == ScopeDemandOutcome.Recorded).ShouldBe(1);
        outcomes.Count(outcome => outcome == ScopeDemandOutcome.Changed).ShouldBe(15);
    }

    private static CredentialKey Person(string id) => new(new CredentialOwner(CredentialOwnerKind.User, id), "github");

    private async Task<StoredCredential> FindAsync() => (await Db.Credentials.FindAsync(_row.Key, default))!;

    private Task<ScopeDemandOutcome> DemandAsync(StoredCredential current, ScopeDemand demand) =>
        Db.CredentialRefusals.DemandAsync(current, demand, Sample.Audit(Now, AuditActions.CredentialScopesDemanded), default);

    private static CredentialRefusal Refusal(string resource = "notes", DateTimeOffset? at = null, string reason = "rejected") =>
        new(resource, reason, at ?? Now, (at ?? Now).AddMinutes(10));

    private RefusalRetry Retry(DateTimeOffset until, string resource = "notes") => new(_row.Key, _row.RowId, resource, until);

    private StoredCredential Again(long version) => _row with { Version = version, Envelope = Sample.Hash(), UpdatedAt = Now.AddSeconds(1) };

    private async Task AddAsync(StoredCredential row) => (await Db.Credentials.PutAsync(row, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);

    private Task<RefusalRecordOutcome> RecordAsync(CredentialRefusal refusal, StoredCredential? row = null) =>
        Db.CredentialRefusals.RecordAsync(row ?? _row, refusal, Sample.Audit(Now, AuditActions.CredentialRefusedByResource), default);

    private Task<bool> LiftAsync(RefusalRetry retry) => Db.CredentialRefusals.LiftAsync(retry, Sample.Audit(Now, AuditActions.CredentialAcceptedByResource), Now, default);

    private async Task<bool> ReconnectAsync(bool byFlow) => await ReconnectAsync(_row, byFlow ? await ClaimedAsync(_row) : null);

    private async Task<bool> ReconnectAsync(StoredCredential row, byte[]? flow)
    {
        var again = row.Version == 2 ? row : row with { Version = 2, Envelope = Sample.Hash(), UpdatedAt = Now.AddSeconds(1) };
        return flow is null
            ? await Db.Credentials.PutAsync(again, 1, null, default) == CredentialPutOutcome.Stored
            : await Db.Credentials.ConnectAsync(again, 1, flow, Sample.Audit(Now, AuditActions.CredentialStored), Now, default) == CredentialConnectOutcome.Stored;
    }

    private async Task<byte[]> ClaimedAsync(StoredCredential row)
    {
        var flow = Sample.Flow(Now) with { Provider = row.Key.Provider };
        await Db.ConnectionFlows.AddAsync(flow, default);
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
        return flow.StateHash;
    }

    private async Task<IReadOnlyList<CredentialRefusal>> RefusalsAsync() => (await Db.Credentials.FindAsync(_row.Key, default))!.Refusals;

    private async Task<IReadOnlyList<string>> NoticesAsync() =>
        [.. (await Db.Revocations.ReadAfterAsync(0, Now, default)).Where(line => line.IsNotice).Select(line => line.Revocation.Target.Value)];
}
