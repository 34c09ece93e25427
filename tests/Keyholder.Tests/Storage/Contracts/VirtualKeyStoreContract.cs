using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class VirtualKeyStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_key_comes_back_as_it_was_stored_by_id_and_by_name()
    {
        await AddUserAsync();
        var key = Sample.VirtualKey("agent", Now) with { OwnerUserId = "u1", ExpiresAt = Now.AddDays(1), DeactivatedAt = Now, LastUsedAt = Now };

        (await AddAsync(key)).ShouldBe(VirtualKeyWriteOutcome.Done);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key);
        (await Db.VirtualKeys.FindByNameAsync("agent", default)).ShouldBeRow(key);
        (await Db.VirtualKeys.FindAsync("agent", default)).ShouldBeNull();
        (await Db.VirtualKeys.FindByNameAsync(key.Id, default)).ShouldBeNull();
        (await AuditedActionsAsync())[0].ShouldBe(AuditActions.VirtualKeyCreated);
    }

    [Fact]
    public async Task Of_many_that_add_one_name_one_does_and_nothing_is_written_for_the_others()
    {
        var outcomes = await RaceAsync(16, () => AddAsync(Sample.VirtualKey("warm", Now)), _ => AddAsync(Sample.VirtualKey("agent", Now)));

        outcomes.Count(outcome => outcome == VirtualKeyWriteOutcome.Done).ShouldBe(1);
        outcomes.Count(outcome => outcome == VirtualKeyWriteOutcome.NameTaken).ShouldBe(15);
        (await ListAsync()).Select(key => key.Name).ShouldBe(["agent", "warm"]);
        (await AuditedActionsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_cannot_be_given_to_somebody_who_is_not_there_or_disabled()
    {
        await AddUserAsync("gone");
        await Db.DisableUserAsync("gone", Now);
        var key = Sample.VirtualKey("mine", Now);

        (await AddAsync(key with { OwnerUserId = "gone" })).ShouldBe(VirtualKeyWriteOutcome.OwnerInactive);
        (await AddAsync(key with { OwnerUserId = "nobody" })).ShouldBe(VirtualKeyWriteOutcome.OwnerInactive);
        await AddAsync(key);
        (await UpdateAsync(key, new() { Name = "other", OwnerUserId = new("gone") })).ShouldBe(VirtualKeyWriteOutcome.OwnerInactive);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key);
    }

    [Fact]
    public async Task Pages_are_in_name_order_and_stable_while_keys_come()
    {
        await AddUserAsync();
        foreach (var name in new[] { "b", "B", "c", "a-1", "a.2" })
        {
            await AddAsync(Sample.VirtualKey(name, Now) with { OwnerUserId = name == "c" ? "u1" : null });
        }

        var first = await ListAsync(limit: 2);
        await AddAsync(Sample.VirtualKey("A", Now));
        var second = await ListAsync(after: first[^1].Name, limit: 10);

        first.Select(key => key.Name).ShouldBe(["B", "a-1"]);
        second.Select(key => key.Name).ShouldBe(["a.2", "b", "c"]);
        (await Db.VirtualKeys.ListAsync(new VirtualKeyQuery { OwnerUserId = "u1", Limit = 9 }, default)).ShouldHaveSingleItem().Name.ShouldBe("c");
    }

    [Fact]
    public async Task An_update_changes_what_it_says_tells_the_nodes_and_leaves_the_rest()
    {
        await AddUserAsync();
        var key = await StoredAsync();
        var later = Now.AddDays(2);

        (await UpdateAsync(key, new() { Name = "renamed", OwnerUserId = new("u1"), ExpiresAt = new(later), Active = false })).ShouldBe(VirtualKeyWriteOutcome.Done);

        var changed = key with { Name = "renamed", OwnerUserId = "u1", ExpiresAt = later, DeactivatedAt = Now };
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(changed);
        (await NoticesAsync()).ShouldBe([key.Id]);

        (await UpdateAsync(key, new() { OwnerUserId = new(null), ExpiresAt = new(null), Active = true })).ShouldBe(VirtualKeyWriteOutcome.Done);
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { Name = "renamed" });
    }

    [Fact]
    public async Task A_new_name_alone_makes_no_node_ask_again()
    {
        var key = await StoredAsync();

        (await UpdateAsync(key, new() { Name = "renamed" })).ShouldBe(VirtualKeyWriteOutcome.Done);

        (await NoticesAsync()).ShouldBeEmpty();
        (await AuditedActionsAsync()).ShouldContain(AuditActions.VirtualKeyUpdated);
    }

    [Fact]
    public async Task An_update_that_says_nothing_new_writes_nothing()
    {
        var key = await StoredAsync(Sample.VirtualKey("agent", Now) with { DeactivatedAt = Now.AddDays(-1) });

        (await UpdateAsync(key, new() { Name = "agent", Active = false, ExpiresAt = new(null) })).ShouldBe(VirtualKeyWriteOutcome.Unchanged);
        (await UpdateAsync(key, new())).ShouldBe(VirtualKeyWriteOutcome.Unchanged);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key);
        (await NoticesAsync()).ShouldBeEmpty();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.VirtualKeyCreated]);
    }

    [Fact]
    public async Task A_name_another_key_has_is_refused_and_its_own_is_not()
    {
        await StoredAsync(Sample.VirtualKey("taken", Now));
        var key = await StoredAsync();

        (await UpdateAsync(key, new() { Name = "taken", Active = false })).ShouldBe(VirtualKeyWriteOutcome.NameTaken);
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key);
        (await UpdateAsync(key, new() { Name = "agent", Active = false })).ShouldBe(VirtualKeyWriteOutcome.Done);
        (await UpdateAsync(Sample.VirtualKey("nowhere", Now), new() { Active = false })).ShouldBe(VirtualKeyWriteOutcome.NotFound);
    }

    [Fact]
    public async Task A_rotation_keeps_the_secret_before_until_the_overlap_ends_and_a_second_one_ends_the_first_overlap()
    {
        var key = await StoredAsync();
        var second = Sample.Hash();
        var third = Sample.Hash();

        (await RotateAsync(key, second, Now.AddHours(1))).ShouldBe(VirtualKeyWriteOutcome.Done);
        var rotated = key with { Generation = 2, SecretHash = second, SecretIssuedAt = Now, Previous = new(key.SecretHash!, key.SecretIssuedAt, Now.AddHours(1)) };
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(rotated);
        (await NoticesAsync()).ShouldBe([key.Id]);

        (await RotateAsync(rotated, third, Now.AddHours(2))).ShouldBe(VirtualKeyWriteOutcome.Done);
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(
            rotated with { Generation = 3, SecretHash = third, Previous = new(second, Now, Now.AddHours(2)) });
    }

    [Fact]
    public async Task A_rotation_without_overlap_keeps_nothing()
    {
        var key = await StoredAsync();
        var hash = Sample.Hash();

        await RotateAsync(key, hash, Now);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { Generation = 2, SecretHash = hash, SecretIssuedAt = Now });
    }

    [Fact]
    public async Task Of_many_rotations_from_one_generation_one_wins_and_the_others_change_nothing()
    {
        var key = await StoredAsync();
        var hashes = Enumerable.Range(0, 12).Select(_ => Sample.Hash()).ToList();

        var outcomes = await RaceAsync(12, () => StoredAsync(Sample.VirtualKey("warm", Now)), i => RotateAsync(key, hashes[i], Now));

        outcomes.Count(outcome => outcome == VirtualKeyWriteOutcome.Conflict).ShouldBe(11);
        var winner = outcomes.ToList().IndexOf(VirtualKeyWriteOutcome.Done);
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldNotBeNull().SecretHash.ShouldBe(hashes[winner]);
        (await NoticesAsync()).ShouldBe([key.Id]);
        (await RotateAsync(Sample.VirtualKey("nowhere", Now), Sample.Hash(), Now)).ShouldBe(VirtualKeyWriteOutcome.NotFound);
    }

    [Fact]
    public async Task Deleting_a_key_takes_its_credentials_flows_and_consents_along_and_revokes_its_sessions_but_keeps_their_rows()
    {
        var key = await StoredAsync();
        var other = await StoredAsync(Sample.VirtualKey("other", Now));
        var session = await AddSessionAsync(Sample.Session(Now) with { Subject = SubjectOf(key) });
        var kept = await AddSessionAsync(Sample.Session(Now) with { Subject = SubjectOf(other) });
        await PutCredentialAsync(key);
        await PutCredentialAsync(other);
        var flow = Sample.Flow(Now) with { Owner = CredentialOwner.Of(SubjectOf(key)) };
        await Db.ConnectionFlows.AddAsync(flow, default);

        (await DeleteAsync(key)).ShouldBe(VirtualKeyWriteOutcome.Done);
        (await DeleteAsync(key)).ShouldBe(VirtualKeyWriteOutcome.NotFound);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeNull();
        (await Db.Credentials.ListAsync(CredentialOwner.Of(SubjectOf(key)), default)).ShouldBeEmpty();
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.NotFound);
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull().RevokedReason.ShouldBe(RevocationReasons.VirtualKeyDeleted);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem().Revocation.Target.ShouldBe(new(RevocationTargetKind.VirtualKey, key.Id));
        (await Db.VirtualKeys.FindAsync(other.Id, default)).ShouldBeRow(other);
        (await Db.Credentials.ListAsync(CredentialOwner.Of(SubjectOf(other)), default)).ShouldHaveSingleItem();
        (await Db.Sessions.FindAsync(kept.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
        (await AuditedActionsAsync()).Count(action => action == AuditActions.VirtualKeyDeleted).ShouldBe(1);
    }

    [Fact]
    public async Task A_use_is_never_moved_back_and_keys_that_are_gone_are_passed_over()
    {
        var used = await StoredAsync();
        var unused = await StoredAsync(Sample.VirtualKey("other", Now));

        await Db.VirtualKeys.TouchAsync(new Dictionary<string, DateTimeOffset> { [used.Id] = Now, ["gone"] = Now }, default);
        await Db.VirtualKeys.TouchAsync(new Dictionary<string, DateTimeOffset> { [used.Id] = Now.AddSeconds(-1) }, default);
        await Db.VirtualKeys.TouchAsync(new Dictionary<string, DateTimeOffset>(), default);

        (await Db.VirtualKeys.FindAsync(used.Id, default)).ShouldBeRow(used with { LastUsedAt = Now });
        (await Db.VirtualKeys.FindAsync(unused.Id, default)).ShouldBeRow(unused);
        (await NoticesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_notice_is_read_with_the_log_but_is_no_revocation_that_stands_or_can_be_lifted()
    {
        var key = await StoredAsync();
        await UpdateAsync(key, new() { Active = false });

        var notice = (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem();
        notice.IsNotice.ShouldBeTrue();
        (await Db.Revocations.ListAsync(null, 10, Now, default)).ShouldBeEmpty();
        (await Db.Revocations.LiftAsync(notice.Sequence, Sample.Audit(Now, AuditActions.RevocationLifted), Now, default)).Outcome.ShouldBe(LiftOutcome.NotFound);
    }

    private static Subject SubjectOf(VirtualKey key) => new(SubjectKind.VirtualKey, key.Id);

    private Task<VirtualKeyWriteOutcome> AddAsync(VirtualKey key) => Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default);

    private async Task<VirtualKey> StoredAsync(VirtualKey? sample = null)
    {
        var key = sample ?? Sample.VirtualKey("agent", Now);
        (await AddAsync(key)).ShouldBe(VirtualKeyWriteOutcome.Done);
        return key;
    }

    private Task<VirtualKeyWriteOutcome> UpdateAsync(VirtualKey key, VirtualKeyChange change) =>
        Db.VirtualKeys.UpdateAsync(key.Id, change, Sample.Audit(Now, AuditActions.VirtualKeyUpdated), Now, default);

    private Task<VirtualKeyWriteOutcome> RotateAsync(VirtualKey key, byte[] hash, DateTimeOffset overlapEndsAt) =>
        Db.VirtualKeys.RotateAsync(new(key.Id, key.Generation, hash, overlapEndsAt), Sample.Audit(Now, AuditActions.VirtualKeyRotated), Now, default);

    private Task<VirtualKeyWriteOutcome> DeleteAsync(VirtualKey key) => Db.VirtualKeys.DeleteAsync(
        key.Id,
        new RevocationEntry(new(RevocationTargetKind.VirtualKey, key.Id), Now, Now.AddHours(1), RevocationReasons.VirtualKeyDeleted),
        Sample.Audit(Now, AuditActions.VirtualKeyDeleted),
        default);

    private Task<IReadOnlyList<VirtualKey>> ListAsync(string? after = null, int limit = 50) =>
        Db.VirtualKeys.ListAsync(new VirtualKeyQuery { After = after, Limit = limit }, default);

    private async Task PutCredentialAsync(VirtualKey key) => (await Db.Credentials.PutAsync(
        Sample.Credential(Now) with { Key = new CredentialKey(CredentialOwner.Of(SubjectOf(key)), "github") }, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);

    private async Task<List<string>> NoticesAsync() =>
        [.. (await Db.Revocations.ReadAfterAsync(0, Now, default)).Where(line => line.IsNotice).Select(line => line.Revocation.Target.Value)];
}
