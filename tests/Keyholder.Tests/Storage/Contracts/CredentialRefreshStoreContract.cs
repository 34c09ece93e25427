using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class CredentialRefreshStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset Until = Now.AddSeconds(30);
    private readonly StoredCredential _row = Sample.Credential(Now, Hostile, Hostile) with { StatusReason = null };

    [Fact]
    public async Task A_refresh_begins_once_and_is_recorded_before_it_ends()
    {
        await PutAsync();

        var begun = await BeginAsync();

        begun.Outcome.ShouldBe(RefreshBeginOutcome.Begun);
        begun.Refresh!.Interrupted.ShouldBeFalse();
        (await BeginAsync(at: Until.AddMilliseconds(-1))).ShouldBe(new RefreshBeginning(RefreshBeginOutcome.Busy, Until: Until));
        (await Db.Credentials.FindAsync(_row.Key, default)).ShouldBeRow(_row);
    }

    [Fact]
    public async Task Of_many_callers_at_once_one_begins_and_the_others_learn_who_is_ahead()
    {
        await PutAsync();

        var answers = await RaceAsync(32, async () => await Db.Credentials.FindAsync(_row.Key, default), _ => BeginAsync());

        answers.Count(a => a.Outcome == RefreshBeginOutcome.Begun).ShouldBe(1);
        answers.Where(a => a.Outcome != RefreshBeginOutcome.Begun).ShouldAllBe(a => a == new RefreshBeginning(RefreshBeginOutcome.Busy, null, Until));
    }

    [Fact]
    public async Task A_right_that_expired_is_taken_over_with_a_greater_number_and_the_earlier_holder_writes_nothing()
    {
        await PutAsync();
        var first = (await BeginAsync()).Refresh!;

        var second = (await BeginAsync(at: Until)).Refresh!;

        second.Fencing.ShouldBeGreaterThan(first.Fencing);
        second.Interrupted.ShouldBeTrue();
        (await CompleteAsync(first)).ShouldBe(RefreshStoreOutcome.Lost);
        (await FailAsync(first)).ShouldBeFalse();
        await Db.CredentialRefreshes.PauseAsync(first, Now, default);
        (await Db.Credentials.FindAsync(_row.Key, default)).ShouldBeRow(_row);
        (await BeginAsync(at: Until.AddMilliseconds(1))).Outcome.ShouldBe(RefreshBeginOutcome.Busy);
        (await CompleteAsync(second)).ShouldBe(RefreshStoreOutcome.Stored);
    }

    [Fact]
    public async Task Of_a_late_holder_and_the_one_who_took_over_only_the_latter_stores_in_any_order()
    {
        await PutAsync();
        var late = (await BeginAsync()).Refresh!;
        var current = (await BeginAsync(at: Until)).Refresh!;

        var answers = await RaceAsync(16, async () => await Db.Credentials.FindAsync(_row.Key, default), i => CompleteAsync(i % 2 == 0 ? late : current));

        answers.Count(a => a == RefreshStoreOutcome.Stored).ShouldBe(1);
        answers.Count(a => a == RefreshStoreOutcome.Lost).ShouldBe(15);
        (await Db.Credentials.FindAsync(_row.Key, default))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_refresh_brought_replaces_secret_and_expiry_and_ends_it()
    {
        await PutAsync();
        var refresh = (await BeginAsync()).Refresh!;
        var refreshed = Refreshed(_row);

        (await Db.CredentialRefreshes.CompleteAsync(refresh, refreshed, null, default)).ShouldBe(RefreshStoreOutcome.Stored);

        (await Db.Credentials.FindAsync(_row.Key, default)).ShouldBeRow(refreshed);
        (await CompleteAsync(refresh)).ShouldBe(RefreshStoreOutcome.Lost);
        (await BeginAsync()).Outcome.ShouldBe(RefreshBeginOutcome.Changed);
        var next = await BeginAsync(refreshed);
        next.Outcome.ShouldBe(RefreshBeginOutcome.Begun);
        next.Refresh!.Interrupted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_pause_holds_everybody_back_until_its_time_and_is_no_interruption()
    {
        await PutAsync();
        var pause = Now.AddSeconds(5);
        await Db.CredentialRefreshes.PauseAsync((await BeginAsync()).Refresh!, pause, default);

        (await BeginAsync(at: pause.AddMilliseconds(-1))).ShouldBe(new RefreshBeginning(RefreshBeginOutcome.Paused, null, pause));
        var refresh = (await BeginAsync(at: pause)).Refresh.ShouldNotBeNull();
        refresh.Interrupted.ShouldBeFalse();

        var refreshed = Refreshed(_row);
        await Db.CredentialRefreshes.CompleteAsync(refresh, refreshed, pause.AddSeconds(5), default);
        (await BeginAsync(refreshed, at: pause.AddSeconds(4))).Outcome.ShouldBe(RefreshBeginOutcome.Paused);
    }

    [Fact]
    public async Task A_failure_marks_and_audits_once()
    {
        await PutAsync();
        var refresh = (await BeginAsync()).Refresh!;

        (await FailAsync(refresh)).ShouldBeTrue();
        (await FailAsync(refresh)).ShouldBeFalse();

        (await Db.Credentials.FindAsync(_row.Key, default))
            .ShouldBeRow(_row with { Status = CredentialStatus.NeedsReauth, StatusReason = Hostile, UpdatedAt = Now.AddSeconds(1) });
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialNeedsReauth]);
        (await BeginAsync(at: Until)).Outcome.ShouldBe(RefreshBeginOutcome.Changed);
    }

    [Fact]
    public async Task What_was_orphaned_meanwhile_keeps_the_new_secret_and_stays_orphaned()
    {
        await PutAsync();
        var refresh = (await BeginAsync()).Refresh!;
        await Db.Credentials.MarkAsync(_row.Key, 1, CredentialStatus.Orphaned, "grant_removed", Sample.Audit(Now, "credential.orphaned"), Now, default);

        (await CompleteAsync(refresh)).ShouldBe(RefreshStoreOutcome.StoredInactive);

        var stored = (await Db.Credentials.FindAsync(_row.Key, default))!;
        (stored.Status, stored.StatusReason, stored.Version).ShouldBe((CredentialStatus.Orphaned, "grant_removed", 2));
    }

    [Theory]
    [InlineData(CredentialStatus.Orphaned)]
    [InlineData(CredentialStatus.NeedsReauth)]
    [InlineData(CredentialStatus.NeedsUpdate)]
    public async Task Only_an_active_credential_of_that_row_and_version_can_be_refreshed(CredentialStatus status)
    {
        (await BeginAsync()).Outcome.ShouldBe(RefreshBeginOutcome.Changed);
        await PutAsync();
        (await BeginAsync(_row with { Version = 2 })).Outcome.ShouldBe(RefreshBeginOutcome.Changed);
        (await BeginAsync(_row with { RowId = new byte[16] })).Outcome.ShouldBe(RefreshBeginOutcome.Changed);
        await Db.Credentials.MarkAsync(_row.Key, 1, status, "reason", Sample.Audit(Now, "credential.marked"), Now, default);

        (await BeginAsync()).Outcome.ShouldBe(RefreshBeginOutcome.Changed);
    }

    [Fact]
    public async Task A_new_connection_ends_a_refresh_under_way()
    {
        await PutAsync();
        var refresh = (await BeginAsync()).Refresh!;
        var connected = Refreshed(_row);
        await Db.Credentials.PutAsync(connected, 1, null, default);

        (await CompleteAsync(refresh)).ShouldBe(RefreshStoreOutcome.Lost);

        (await Db.Credentials.FindAsync(_row.Key, default)).ShouldBeRow(connected);
        (await BeginAsync(connected)).Outcome.ShouldBe(RefreshBeginOutcome.Begun);
    }

    [Fact]
    public async Task A_row_that_was_deleted_and_connected_anew_takes_nothing_from_an_older_refresh()
    {
        await PutAsync();
        var refresh = (await BeginAsync()).Refresh!;
        await Db.Credentials.DeleteAsync(_row.Key, default);
        (await CompleteAsync(refresh)).ShouldBe(RefreshStoreOutcome.Lost);
        var anew = _row with { RowId = Sample.Hash()[..16] };
        await Db.Credentials.PutAsync(anew, 0, null, default);
        await BeginAsync(anew);

        (await CompleteAsync(refresh)).ShouldBe(RefreshStoreOutcome.Lost);
        (await FailAsync(refresh)).ShouldBeFalse();
    }

    private async Task PutAsync() => (await Db.Credentials.PutAsync(_row, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);

    private Task<RefreshBeginning> BeginAsync(StoredCredential? row = null, DateTimeOffset? at = null) =>
        Db.CredentialRefreshes.BeginAsync(row ?? _row, at >= Until ? at.Value.AddSeconds(30) : Until, at ?? Now, default);

    private Task<RefreshStoreOutcome> CompleteAsync(CredentialRefresh refresh) => Db.CredentialRefreshes.CompleteAsync(refresh, Refreshed(_row), null, default);

    private Task<bool> FailAsync(CredentialRefresh refresh) =>
        Db.CredentialRefreshes.FailAsync(refresh, Hostile, Sample.Audit(Now, AuditActions.CredentialNeedsReauth), Now.AddSeconds(1), default);

    private static StoredCredential Refreshed(StoredCredential row) => row with
    {
        Version = row.Version + 1,
        Envelope = Sample.Hash(),
        ExpiresAt = Now.AddHours(2),
        UpdatedAt = Now.AddSeconds(2),
    };
}
