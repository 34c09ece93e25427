using Keyholder.Users;

namespace Keyholder.Tests.Users;

public sealed class PasswordHashingSlotsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_at_once_a_few_hash_a_bounded_number_waits_and_the_rest_is_turned_away()
    {
        using var slots = new PasswordHashingSlots(free: 2, waiting: 5);
        var (running, most) = (0, 0);
        using var gate = new SemaphoreSlim(0);

        var callers = Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            if (!await slots.TryEnterAsync(Token))
            {
                return false;
            }

            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await gate.WaitAsync(Token);
            Interlocked.Decrement(ref running);
            slots.Leave();
            return true;
        })).ToList();

        // Those turned away are the only ones that can finish yet.
        var turnedAway = 0;
        var open = new List<Task<bool>>(callers);
        while (turnedAway < 64 - 7)
        {
            var done = await Task.WhenAny(open);
            (await done).ShouldBeFalse();
            open.Remove(done);
            turnedAway++;
        }

        gate.Release(64);
        (await Task.WhenAll(open)).ShouldAllBe(entered => entered);
        most.ShouldBeLessThanOrEqualTo(2);
        (await slots.TryEnterAsync(Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_caller_that_gives_up_waiting_makes_room()
    {
        using var slots = new PasswordHashingSlots(free: 1, waiting: 1);
        (await slots.TryEnterAsync(Token)).ShouldBeTrue();
        using var hangUp = new CancellationTokenSource();
        var waiting = slots.TryEnterAsync(hangUp.Token);
        (await slots.TryEnterAsync(Token)).ShouldBeFalse();

        await hangUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);

        var next = slots.TryEnterAsync(Token);
        next.IsCompleted.ShouldBeFalse();
        slots.Leave();
        (await next).ShouldBeTrue();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
