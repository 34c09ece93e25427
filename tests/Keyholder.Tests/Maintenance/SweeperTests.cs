using System.Diagnostics.Metrics;
using Keyholder.Audit;
using Keyholder.Maintenance;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Maintenance;

public sealed class SweeperTests : IDisposable
{
    private static readonly Sweep Sessions = SweepPlan.Of(new()).Single(sweep => sweep.Name == "sessions");
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingSweepStore _store = new();
    private readonly SweepMetrics _metrics = new();
    private readonly LogCapture _logs = new();
    private readonly LoggerFactory _loggers;

    public SweeperTests() => _loggers = new LoggerFactory([_logs]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _metrics.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task Each_rule_deletes_what_is_older_than_its_own_retention()
    {
        await RunAsync(Sessions);

        var now = _time.GetUtcNow();
        (await _store.NextAsync()).ShouldBe((SweepTarget.UnredeemedSessions, now.AddHours(-1)));
        (await _store.NextAsync()).ShouldBe((SweepTarget.ExpiredSessions, now.AddDays(-1)));
        (await _store.NextAsync()).ShouldBe((SweepTarget.RevokedSessions, now.AddDays(-30)));
    }

    [Fact]
    public async Task A_rule_that_fails_stops_neither_the_next_nor_the_sweep()
    {
        var failure = new IOException("disk full");
        _store.Answer = (target, _) => target == SweepTarget.UnredeemedSessions ? Task.FromException<(int, int)>(failure) : Task.FromResult((3, 3));

        var result = await RunAsync(Sessions);

        result.Deleted.ShouldBe(6);
        result.Failures.ShouldBe([(SweepTarget.UnredeemedSessions, failure)]);
        result.Finished.ShouldBeTrue();
        _logs.Lines.ShouldContain(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("[2201]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Batches_follow_each_other_with_a_pause_until_one_is_not_full()
    {
        var left = 12;
        _store.Answer = (_, _) =>
        {
            var batch = Math.Min(left, 5);
            left -= batch;
            return Task.FromResult((batch, batch));
        };
        var sweep = new Sweep("flows", TimeSpan.FromMinutes(1), [new(SweepTarget.ConnectionFlows, TimeSpan.FromHours(1))]);

        var running = RunAsync(sweep, batchSize: 5);
        _store.Take().Count.ShouldBe(1);
        running.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        await _store.NextAsync();
        await AdvanceUntilAsync(running);

        (await running).Deleted.ShouldBe(12);
        _store.Take().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_batch_of_which_nothing_went_ends_the_rule()
    {
        _store.Answer = (_, _) => Task.FromResult((5, 0));

        (await RunAsync(Sessions, batchSize: 5)).Finished.ShouldBeTrue();

        _store.Take().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_run_that_may_not_go_on_touches_nothing_more()
    {
        var allowed = 1;
        _store.Answer = (_, _) => Task.FromResult((1, 1));

        var result = await CreateSweeper(_store).RunAsync(Sessions, _ => new(allowed-- > 0), Cancellation);

        result.Finished.ShouldBeFalse();
        result.Deleted.ShouldBe(1);
        _store.Take().ShouldBe([SweepTarget.UnredeemedSessions]);
    }

    [Fact]
    public async Task Cancelling_ends_the_batch_that_waits_and_is_no_failure()
    {
        using var cancelled = new CancellationTokenSource();
        _store.Answer = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return (0, 0);
        };

        var running = CreateSweeper(_store).RunAsync(Sessions, _ => new(true), cancelled.Token);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        _store.Take().ShouldBe([SweepTarget.UnredeemedSessions]);
        _logs.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_deleted_is_counted_by_sweep_and_said_once()
    {
        var counted = new List<(long Rows, string Tags)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == _metrics.Meter && instrument.Name == "keyholder.sweep.deleted")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, rows, tags, _) => counted.Add((rows, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}")))));
        listener.Start();
        _store.Answer = (target, _) => Task.FromResult(target == SweepTarget.RevokedSessions ? (7, 6) : (0, 0));

        await RunAsync(Sessions);

        counted.Where(count => count.Rows > 0).ShouldBe([(6L, "sweep=sessions target=RevokedSessions")]);
        _logs.Lines.ShouldHaveSingleItem().ShouldContain("Sweep sessions deleted 6 rows");
    }

    [Fact]
    public async Task A_sweep_of_everything_leaves_a_revoked_session_to_detect_reuse_for_30_days()
    {
        var now = _time.GetUtcNow();
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, Cancellation);
        var request = Sample.Request(now, Keyholder.Authorization.AuthorizationPhase.Upstream);
        var session = Sample.Session(now) with { Id = request.SessionId };
        await storage.AuthorizationRequests.AddAsync(request, Cancellation);
        await storage.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(now, AuditActions.SessionCreated), now, Cancellation);
        var hash = Sample.Hash();
        var (_, redeemed) = await storage.Sessions.RedeemCodeAsync(Sample.Redemption(session, hash, now), now, Cancellation);
        await storage.Sessions.RevokeAsync(
            session.Id, RevocationReasons.RefreshTokenReuse, Sample.Revocation(session.Id, now), Sample.Audit(now, AuditActions.SessionRevoked), now, Cancellation);

        _time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        await SweepAllAsync(storage);
        (await RotateAsync()).ShouldBe(RotateOutcome.Revoked);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await SweepAllAsync(storage);
        (await RotateAsync()).ShouldBe(RotateOutcome.NotFound);

        async Task<RotateOutcome> RotateAsync() =>
            (await storage.Sessions.RotateAsync(Sample.Rotation(redeemed!, hash, now), _time.GetUtcNow(), Cancellation)).Outcome;
    }

    private async Task SweepAllAsync(SqliteStorage storage)
    {
        foreach (var sweep in SweepPlan.Of(new()))
        {
            (await CreateSweeper(storage.Sweeps).RunAsync(sweep, _ => new(true), Cancellation)).Failures.ShouldBeEmpty();
        }
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
    }

    private Task<SweepResult> RunAsync(Sweep sweep, int batchSize = 500) => CreateSweeper(_store, batchSize).RunAsync(sweep, _ => new(true), Cancellation);

    private Sweeper CreateSweeper(ISweepStore store, int batchSize = 500) =>
        new(store, new() { BatchSize = batchSize }, _metrics, _time, _loggers.CreateLogger<Sweeper>());
}
