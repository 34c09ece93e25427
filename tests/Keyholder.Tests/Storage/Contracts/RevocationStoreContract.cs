using Keyholder.Audit;
using Keyholder.Revocation;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class RevocationStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Every_kind_of_target_comes_back_in_order_and_is_audited()
    {
        var entries = Enum.GetValues<RevocationTargetKind>()
            .Select(kind => new RevocationEntry(
                new RevocationTarget(kind, kind == RevocationTargetKind.All ? "" : Hostile),
                Now.AddMilliseconds(-3),
                Now.AddMinutes(10),
                Hostile))
            .ToList();

        foreach (var entry in entries)
        {
            await AppendAsync(entry);
        }

        var log = await Db.Revocations.ReadAfterAsync(0, Now, default);
        log.Select(row => row.Revocation).ShouldBe(entries);
        log.Select(row => row.Sequence).ShouldBeInOrder();
        (await AuditedActionsAsync()).Count.ShouldBe(entries.Count);
    }

    [Fact]
    public async Task Reading_goes_on_after_the_sequence_number_given()
    {
        await AppendAsync(Entry("a"));
        await AppendAsync(Entry("b"));
        var first = (await Db.Revocations.ReadAfterAsync(0, Now, default))[0].Sequence;

        (await Db.Revocations.ReadAfterAsync(first, Now, default)).ShouldHaveSingleItem().Revocation.ShouldBe(Entry("b"));
        (await Db.Revocations.ReadAfterAsync(first + 1, Now, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_is_left_out_from_the_moment_it_expires()
    {
        await AppendAsync(Entry("a"));

        (await Db.Revocations.ReadAfterAsync(0, Now.AddMinutes(10).AddMilliseconds(-1), default)).Count.ShouldBe(1);
        (await Db.Revocations.ReadAfterAsync(0, Now.AddMinutes(10), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sequence_number_is_never_given_out_again()
    {
        await AppendAsync(Entry("a"));
        var (sequence, _) = (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem();
        await Db.DeleteRevocationsAsync();

        await AppendAsync(Entry("b"));

        (await Db.Revocations.ReadAfterAsync(sequence, Now, default)).ShouldHaveSingleItem().Revocation.ShouldBe(Entry("b"));
    }

    [Fact]
    public async Task Concurrent_entries_are_all_kept_with_numbers_of_their_own()
    {
        await RaceAsync(
            32,
            () => AppendAsync(Entry("warm")),
            async i =>
            {
                await AppendAsync(Entry("value-" + i));
                return i;
            });

        var log = await Db.Revocations.ReadAfterAsync(0, Now, default);
        log.Select(row => row.Sequence).Distinct().Count().ShouldBe(33);
        log.Select(row => row.Revocation.Target.Value).Order().ShouldBe(Enumerable.Range(0, 32).Select(i => "value-" + i).Append("warm").Order());
    }

    private static RevocationEntry Entry(string value) =>
        new(new RevocationTarget(RevocationTargetKind.Token, value), Now, Now.AddMinutes(10), "reason");

    private async Task AppendAsync(RevocationEntry entry) => await Db.Revocations.AppendAsync(entry, [], Sample.Audit(Now, AuditActions.SessionRevoked), default);
}
