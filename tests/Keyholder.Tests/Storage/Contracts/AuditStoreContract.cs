using Keyholder.Audit;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class AuditStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task An_event_comes_back_as_it_was_written()
    {
        var full = new AuditEvent { At = Now, Action = Hostile, Actor = Hostile, Target = Hostile, Reason = Hostile, RemoteAddress = Hostile, RequestId = Hostile };
        var sparse = new AuditEvent { At = Now.AddSeconds(1), Action = "a", Actor = "system", Target = "t" };
        await Db.Audit.AppendAsync(full, default);
        await Db.Audit.AppendAsync(sparse, default);

        (await Db.Audit.ListAsync(10, default)).ShouldBe([sparse, full]);
    }

    [Fact]
    public async Task The_newest_events_come_first_and_those_of_one_moment_latest_written_first()
    {
        await Db.Audit.AppendAsync(Sample.Audit(Now.AddMilliseconds(1), "newest"), default);
        await Db.Audit.AppendAsync(Sample.Audit(Now, "first"), default);
        await Db.Audit.AppendAsync(Sample.Audit(Now, "second"), default);

        (await AuditedActionsAsync()).ShouldBe(["newest", "second", "first"]);
    }

    [Fact]
    public async Task The_limit_holds()
    {
        await Db.Audit.AppendAsync(Sample.Audit(Now, "first"), default);
        await Db.Audit.AppendAsync(Sample.Audit(Now, "second"), default);

        (await Db.Audit.ListAsync(1, default)).ShouldHaveSingleItem().Action.ShouldBe("second");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_limit_below_1_is_a_bug(int limit) =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Db.Audit.ListAsync(limit, default));
}
