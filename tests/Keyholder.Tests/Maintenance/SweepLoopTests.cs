using Keyholder.Maintenance;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Maintenance;

public sealed class SweepLoopTests : IDisposable
{
    private static readonly MaintenanceOptions Options = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LeaseStoreInMemory _leases = new();
    private readonly SweepMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LogCapture _logs = new();
    private readonly LoggerFactory _loggers;

    public SweepLoopTests() => _loggers = new LoggerFactory([_logs]);

    public void Dispose()
    {
        _stop.Dispose();
        _metrics.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task Everything_is_swept_at_the_start_in_order_and_the_lease_is_released_at_the_end()
    {
        var store = new RecordingSweepStore();
        var running = Create(store).RunAsync(_stop.Token);

        store.Take().ShouldBe(SweepPlan.Of(Options).SelectMany(sweep => sweep.Rules).Select(rule => rule.Target));
        _leases.Current.ShouldNotBeNull().Name.ShouldBe(SweepLoop.LeaseName);

        await StopAsync(running);
        _leases.Current.ShouldBeNull();
    }

    [Fact]
    public async Task Each_sweep_comes_again_after_its_own_interval_while_the_lease_is_kept()
    {
        var store = new RecordingSweepStore();
        var running = Create(store).RunAsync(_stop.Token);
        var fencing = _leases.Current!.Fencing;
        store.Take();

        for (var minute = 0; minute < 10; minute++)
        {
            await TickAsync();
        }

        (await store.NextAsync()).Target.ShouldBe(SweepTarget.AuthorizationRequests);
        (await store.NextAsync()).Target.ShouldBe(SweepTarget.ConnectionFlows);
        (await store.NextAsync()).Target.ShouldBe(SweepTarget.DeviceAuthorizations);
        store.Take().ShouldBeEmpty();
        _leases.Current.Fencing.ShouldBe(fencing);
        await StopAsync(running);
    }

    [Fact]
    public async Task Of_two_nodes_one_sweeps_and_the_other_takes_over_at_once_when_it_stops()
    {
        var (first, second) = (new RecordingSweepStore(), new RecordingSweepStore());
        using var stopFirst = new CancellationTokenSource();
        var runningFirst = Create(first).RunAsync(stopFirst.Token);
        var runningSecond = Create(second).RunAsync(_stop.Token);
        first.Take().ShouldNotBeEmpty();
        second.Take().ShouldBeEmpty();

        await stopFirst.CancelAsync();
        await runningFirst;
        _time.Advance(Options.LeaseDuration / 3);

        (await second.NextAsync()).Target.ShouldBe(SweepTarget.AuthorizationRequests);
        await StopAsync(runningSecond);
    }

    [Fact]
    public async Task A_node_that_died_is_succeeded_when_its_lease_expires()
    {
        var now = _time.GetUtcNow();
        await _leases.AcquireAsync(SweepLoop.LeaseName, "dead", now + Options.LeaseDuration, now, CancellationToken.None);
        var store = new RecordingSweepStore();
        var running = Create(store).RunAsync(_stop.Token);
        store.Take().ShouldBeEmpty();

        _time.Advance(Options.LeaseDuration);

        (await store.NextAsync()).Before.ShouldBe(now + Options.LeaseDuration - Options.AuthorizationRequestRetention);
        _leases.Current!.Fencing.ShouldBe(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_sweep_ends_when_its_lease_was_lost_meanwhile_and_runs_again_once_it_is_back()
    {
        var store = new RecordingSweepStore();
        store.Answer = (_, _) =>
        {
            // This node was away so long that the lease expired and another took it.
            _time.Advance(Options.LeaseDuration);
            var now = _time.GetUtcNow();
            return _leases.AcquireAsync(SweepLoop.LeaseName, "other", now + Options.LeaseDuration, now, CancellationToken.None).ContinueWith(_ => (0, 0), TaskScheduler.Default);
        };

        var running = Create(store).RunAsync(_stop.Token);
        (await store.NextAsync()).Target.ShouldBe(SweepTarget.AuthorizationRequests);
        store.Answer = (_, _) => Task.FromResult((0, 0));
        while (!_logs.ToString().Contains("[2203]", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        _leases.Current!.Holder.ShouldBe("other");
        store.Take().ShouldBeEmpty();
        _time.Advance(Options.LeaseDuration);

        (await store.NextAsync()).Target.ShouldBe(SweepTarget.ConnectionFlows);
        await StopAsync(running);
    }

    [Fact]
    public async Task While_the_lease_cannot_be_read_nothing_is_swept_and_recovery_needs_no_restart()
    {
        var store = new RecordingSweepStore();
        _leases.Failure = new IOException("database away");
        var running = Create(store).RunAsync(_stop.Token);
        store.Take().ShouldBeEmpty();
        _logs.ToString().ShouldContain("[2202]");

        _leases.Failure = null;
        _time.Advance(Options.LeaseDuration / 3);

        (await store.NextAsync()).Target.ShouldBe(SweepTarget.AuthorizationRequests);
        await StopAsync(running);
    }

    [Fact]
    public async Task Stopping_cancels_the_batch_in_flight_and_a_lease_that_cannot_be_released_expires()
    {
        var store = new RecordingSweepStore
        {
            Answer = async (_, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
                return (0, 0);
            },
        };
        var running = Create(store).RunAsync(_stop.Token);
        await store.NextAsync();
        _leases.Failure = new IOException("database away");

        await StopAsync(running);

        store.Take().ShouldBeEmpty();
        _logs.ToString().ShouldNotContain("[2201]");
        _logs.ToString().ShouldContain("[2204]");
    }

    [Fact]
    public async Task Stopped_before_it_began_it_sweeps_nothing()
    {
        var store = new RecordingSweepStore { Answer = (_, token) => Task.FromCanceled<(int, int)>(token) };
        await _stop.CancelAsync();

        await Create(store).RunAsync(_stop.Token);

        _leases.Current.ShouldBeNull();
    }

    /// <summary>Moves on to the next look at the lease, and waits for its renewal when one is due.</summary>
    private async Task TickAsync()
    {
        _time.Advance(Options.LeaseDuration / 3);
        while (_leases.Current!.ExpiresAt - _time.GetUtcNow() <= Options.LeaseDuration / 3)
        {
            await Task.Yield();
        }
    }

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private SweepLoop Create(RecordingSweepStore store) => new(
        new Sweeper(store, Options, _metrics, _time, _loggers.CreateLogger<Sweeper>()),
        new SweepSchedule(SweepPlan.Of(Options)),
        _leases,
        Options,
        _time,
        _loggers.CreateLogger<SweepLoop>());
}
