using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>The whole life of sessions on one backend, held against the model: random programs one step at a time, and random callers at once.</summary>
public abstract class SessionModelContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public Task Whatever_is_done_in_whatever_order_sessions_do_what_the_model_does() =>
        TryProgramsAsync(sweeps: false, run => run(ModelWorld.SharedOn(Db)));

    [Fact]
    public async Task Whatever_is_swept_meanwhile_nobody_can_tell()
    {
        await using var worlds = new ModelWorlds<TFixture>();
        await TryProgramsAsync(sweeps: true, worlds.UseAsync);
    }

    [Fact]
    public Task Whatever_callers_do_at_once_has_an_order_in_which_the_model_answers_the_same() =>
        TryCallersAsync(run => run(ModelWorld.SharedOn(Db)));

    [Fact]
    public async Task Whatever_is_swept_while_callers_are_at_it_has_such_an_order_too()
    {
        await using var worlds = new ModelWorlds<TFixture>();
        await TryCallersAsync(worlds.UseAsync);
    }

    private static async Task TryProgramsAsync(bool sweeps, Func<Func<ModelWorld, Task>, Task> inWorld)
    {
        var keys = await ModelKeys.CreateAsync();
        var (count, seed, failure) = await ModelBudget.SpendAsync(seed => ExecuteAsync(SessionProgram.Draw(seed, sweeps)));
        if (failure is not null)
        {
            var shortest = await Shrinking.ShrinkAsync(SessionProgram.Draw(seed, sweeps), async program => await FailureOfAsync(program) is not null);
            Assert.Fail($"KEYHOLDER_MODEL_SEED={seed:x}\n{shortest}\n{await FailureOfAsync(shortest) ?? failure}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} programs");

        Task ExecuteAsync(SessionProgram program) => inWorld(world => ProgramRun.ExecuteAsync(world, keys, program));

        Task<Exception?> FailureOfAsync(SessionProgram program) => ModelBudget.FailureOfAsync(() => ExecuteAsync(program));
    }

    private static async Task TryCallersAsync(Func<Func<ModelWorld, Task>, Task> inWorld)
    {
        var keys = await ModelKeys.CreateAsync();
        var (count, seed, failure) = await ModelBudget.SpendAsync(seed => inWorld(world => ConcurrentRun.ExecuteAsync(world, keys, seed)));
        if (failure is not null)
        {
            Assert.Fail($"KEYHOLDER_MODEL_SEED={seed:x}\n{failure}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} sessions");
    }
}
