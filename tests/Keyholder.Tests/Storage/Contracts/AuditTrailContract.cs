using Keyholder.Audit;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class AuditTrailContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Pages_begin_with_what_was_written_last_and_cover_everything_once()
    {
        for (var i = 0; i < 7; i++)
        {
            // Clocks of nodes differ; the order is that of writing.
            await Db.Audit.AppendAsync(Sample.Audit(Now.AddSeconds(-i), $"a{i}"), default);
        }

        var seen = new List<AuditEntry>();
        IReadOnlyList<AuditEntry> page;
        do
        {
            page = await Db.AuditTrail.ListAsync(new AuditQuery { Limit = 3, Before = seen.LastOrDefault()?.Sequence }, default);
            seen.AddRange(page);
            await Db.Audit.AppendAsync(Sample.Audit(Now, "later"), default);
        }
        while (page.Count > 0);

        seen.Select(entry => entry.Event.Action).ShouldBe(["a6", "a5", "a4", "a3", "a2", "a1", "a0"]);
        seen[0].Event.ShouldBe(Sample.Audit(Now.AddSeconds(-6), "a6"));
        seen.Select(entry => entry.Sequence).ShouldBeInOrder(SortDirection.Descending);
        seen[^1].Sequence.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Filters_have_to_match_all_and_exactly()
    {
        await Db.Audit.AppendAsync(Sample.Audit(Now, "x") with { Actor = "a", Target = "t" }, default);
        await Db.Audit.AppendAsync(Sample.Audit(Now, "x") with { Actor = "b", Target = "t" }, default);
        await Db.Audit.AppendAsync(Sample.Audit(Now, "y") with { Actor = "a", Target = Hostile }, default);

        (await CountAsync(new AuditQuery { Action = "x", Limit = 100 })).ShouldBe(2);
        (await CountAsync(new AuditQuery { Actor = "a", Limit = 100 })).ShouldBe(2);
        (await CountAsync(new AuditQuery { Target = Hostile, Limit = 100 })).ShouldBe(1);
        (await CountAsync(new AuditQuery { Action = "x", Actor = "a", Target = "t", Limit = 100 })).ShouldBe(1);
        (await CountAsync(new AuditQuery { Action = "y", Actor = "b", Limit = 100 })).ShouldBe(0);
        (await CountAsync(new AuditQuery { Action = "X", Limit = 100 })).ShouldBe(0);
        (await CountAsync(new AuditQuery { Target = "%", Limit = 100 })).ShouldBe(0);
    }

    [Fact]
    public async Task A_limit_below_1_is_a_bug() =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Db.AuditTrail.ListAsync(new AuditQuery { Limit = 0 }, default));

    private async Task<int> CountAsync(AuditQuery query) => (await Db.AuditTrail.ListAsync(query, default)).Count;
}
