using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>The whole life of sessions on one backend, held against the model: random programs one step at a time, and random callers at once.</summary>
public abstract class SessionModelContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Whatever_is_done_in_whatever_order_sessions_do_what_the_model_does()
    {
        var keys = await ModelKeys.CreateAsync();

        var (count, seed, failure) = await ModelBudget.SpendAsync(seed => ProgramRun.ExecuteAsync(Db, keys, SessionProgram.Draw(seed)));

        if (failure is not null)
        {
            var shortest = await Shrinking.ShrinkAsync(SessionProgram.Draw(seed), async p => await ModelBudget.FailureOfAsync(() => ProgramRun.ExecuteAsync(Db, keys, p)) is not null);
            var reason = await ModelBudget.FailureOfAsync(() => ProgramRun.ExecuteAsync(Db, keys, shortest)) ?? failure;
            Assert.Fail($"KEYHOLDER_MODEL_SEED={seed:x}\n{shortest}\n{reason}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} programs");
    }

    [Fact]
    public async Task Whatever_callers_do_at_once_has_an_order_in_which_the_model_answers_the_same()
    {
        var keys = await ModelKeys.CreateAsync();

        var (count, seed, failure) = await ModelBudget.SpendAsync(seed => ConcurrentRun.ExecuteAsync(Db, keys, seed));

        if (failure is not null)
        {
            Assert.Fail($"KEYHOLDER_MODEL_SEED={seed:x}\n{failure}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} sessions");
    }
}
