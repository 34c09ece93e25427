namespace Keyholder.Users;

/// <summary>
/// Bounds how many passwords are hashed at once, and how many sign-ins wait for it: hashing is slow on purpose, and without a bound strangers could keep the whole
/// machine busy with it.
/// </summary>
/// <param name="free">How many hash at once.</param>
/// <param name="waiting">How many more may wait.</param>
public sealed class PasswordHashingSlots(int free, int waiting) : IDisposable
{
    private const int MaxWaiting = 64;

    private readonly SemaphoreSlim _free = new(free);
    private int _present;

    /// <summary>Half of the processors, and a queue of a few seconds.</summary>
    public PasswordHashingSlots()
        : this(Math.Max(1, Environment.ProcessorCount / 2), MaxWaiting)
    {
    }

    /// <summary>Waits for a slot, to be given back with <see cref="Leave"/>; false at once when too many wait already.</summary>
    public async Task<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _present) > free + waiting)
        {
            Interlocked.Decrement(ref _present);
            return false;
        }

        try
        {
            await _free.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _present);
            throw;
        }
    }

    /// <summary>Gives the slot back.</summary>
    public void Leave()
    {
        _free.Release();
        Interlocked.Decrement(ref _present);
    }

    /// <inheritdoc />
    public void Dispose() => _free.Dispose();
}
