using System.Collections.Concurrent;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>Worlds that one run at a time has to itself. The next run finds it later in the day, with the rows of those before.</summary>
internal sealed class ModelWorlds<TFixture> : IAsyncDisposable
    where TFixture : StorageFixture, new()
{
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromDays(365);

    private readonly ConcurrentBag<ModelWorld> _free = [];

    /// <summary>Runs something in a world nobody else uses meanwhile.</summary>
    public async Task UseAsync(Func<ModelWorld, Task> run)
    {
        if (!_free.TryTake(out var world))
        {
            world = new ModelWorld(new TFixture(), new ManualTimeProvider(), IsAlone: true);
            await world.Db.OpenAsync();
        }

        try
        {
            await run(world);
        }
        finally
        {
            world.Time.Advance(BetweenRuns);
            _free.Add(world);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var world in _free)
        {
            await world.Db.DisposeAsync();
        }
    }
}
