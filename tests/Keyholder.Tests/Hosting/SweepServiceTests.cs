using Keyholder.Maintenance;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tests.Maintenance;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Hosting;

/// <summary>The sweeps in the whole server: every way it starts and ends.</summary>
public sealed class SweepServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_server_sweeps_what_expired()
    {
        var sweeps = new RecordingSweepStore();
        await using var host = await KeyholderHost.StartAsync(services: services => services.AddSingleton<ISweepStore>(sweeps));
        for (var target = default(SweepTarget?); target != SweepTarget.SupersededSigningKeys; target = (await sweeps.NextAsync()).Target)
        {
            // The round of the start.
        }

        var storage = host.Services.GetRequiredService<IKeyholderStorage>();
        var request = Sample.Request(host.Time.GetUtcNow());
        await storage.AuthorizationRequests.AddAsync(request, Cancellation);
        var deleted = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        sweeps.Answer = async (target, token) =>
        {
            var result = await storage.Sweeps.DeleteAsync(target, host.Time.GetUtcNow() - TimeSpan.FromHours(1), 500, host.Time.GetUtcNow(), token);
            if (result.Deleted > 0)
            {
                deleted.TrySetResult(result.Deleted);
            }

            return result;
        };

        host.Time.Advance(TimeSpan.FromMinutes(71));

        (await deleted.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).ShouldBe(1);
        (await storage.AuthorizationRequests.FindAsync(request.Id, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_stops_cancels_the_batch_in_flight_and_frees_the_lease_for_the_next()
    {
        var (sweeps, leases) = (Endless(), new LeaseStoreInMemory());
        var host = await KeyholderHost.StartAsync(services: services => services.AddSingleton<ISweepStore>(sweeps).AddSingleton<ILeaseStore>(leases));
        await sweeps.NextAsync();
        leases.Current.ShouldNotBeNull();

        await host.DisposeAsync();

        leases.Current.ShouldBeNull();
        sweeps.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_twice_or_before_the_start_or_after_the_end_is_harmless()
    {
        var sweeps = Endless();
        using var metrics = new SweepMetrics();
        var service = Create(sweeps, metrics);

        await service.StopAsync(Cancellation);
        await service.StartAsync(Cancellation);
        await sweeps.NextAsync();
        await Task.WhenAll(service.StopAsync(Cancellation), service.StopAsync(Cancellation));
        await service.DisposeAsync();
        await service.DisposeAsync();
        await service.StopAsync(Cancellation);

        service.ExecuteTask!.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_service_that_was_never_started_is_disposed_without_a_word()
    {
        var sweeps = new RecordingSweepStore();
        using var metrics = new SweepMetrics();

        await Create(sweeps, metrics).DisposeAsync();

        sweeps.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task When_another_part_fails_to_start_the_sweeps_are_over_before_the_storage_closes()
    {
        var (sweeps, leases) = (Endless(), new LeaseStoreInMemory());
        var logs = new LogCapture();
        var app = await KeyholderApp.BuildAsync(
            KeyholderHost.Defaults,
            new ManualTimeProvider(),
            builder =>
            {
                builder.Logging.AddProvider(logs);
                builder.Services.AddSingleton<ISweepStore>(sweeps).AddSingleton<ILeaseStore>(leases);
                builder.Services.AddHostedService(_ => new FailingPart(sweeps));
            },
            Cancellation);

        (await Should.ThrowAsync<InvalidOperationException>(() => app.StartAsync(Cancellation))).Message.ShouldBe("cannot start");
        await app.DisposeAsync();

        leases.Current.ShouldBeNull();
        sweeps.Take().ShouldBeEmpty();
        logs.ToString().ShouldNotContain("[220");
    }

    [Fact]
    public async Task Without_maintenance_nothing_is_swept()
    {
        var leases = new LeaseStoreInMemory();
        await using var host = await KeyholderHost.StartAsync(
            """{ "maintenance": { "enabled": false } }""", services => services.AddSingleton<ILeaseStore>(leases));

        host.Services.GetServices<IHostedService>().OfType<SweepService>().ShouldBeEmpty();
    }

    private static SweepService Create(RecordingSweepStore sweeps, SweepMetrics metrics)
    {
        var (options, time) = (new MaintenanceOptions(), new ManualTimeProvider());
        return new SweepService(new SweepLoop(
            new Sweeper(sweeps, options, metrics, time, NullLogger<Sweeper>.Instance),
            new SweepSchedule(SweepPlan.Of(options)),
            new LeaseStoreInMemory(),
            options,
            time,
            NullLogger<SweepLoop>.Instance));
    }

    /// <summary>Batches that end only when cancelled.</summary>
    private static RecordingSweepStore Endless() => new()
    {
        Answer = async (_, token) =>
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = token.Register(() => cancelled.SetCanceled(token));
            await cancelled.Task;
            return (0, 0);
        },
    };

    /// <summary>Fails to start once the sweeps are under way.</summary>
    private sealed class FailingPart(RecordingSweepStore sweeps) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await sweeps.NextAsync();
            throw new InvalidOperationException("cannot start");
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
