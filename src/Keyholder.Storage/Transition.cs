namespace Keyholder.Storage;

/// <summary>One caller's work in the write queue. It can be cancelled until it starts, never after.</summary>
internal abstract class Transition<TContext>
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Cancelled = 2;
    private int _state;

    /// <summary>Claims the work for the writer; false when the caller cancelled before.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;

    /// <summary>Does the work and keeps its result.</summary>
    public abstract void Run(TContext context);

    /// <summary>Keeps a failure in place of the result.</summary>
    public abstract void Fail(Exception failure);

    /// <summary>Tells the caller, who goes on on this thread: see <see cref="Answers{TContext}"/>.</summary>
    public abstract void Complete();

    protected bool TryCancel() => Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting;
}

/// <inheritdoc />
internal sealed class Transition<TContext, T> : Transition<TContext>
{
    private readonly Func<TContext, T> _work;
    private readonly TaskCompletionSource<T> _completion = new();
    private readonly CancellationTokenRegistration _cancellation;
    private T _result = default!;
    private Exception? _failure;

    public Transition(Func<TContext, T> work, CancellationToken cancellationToken)
    {
        _work = work;
        _cancellation = cancellationToken.UnsafeRegister(Cancel, this);
    }

    public Task<T> Task => _completion.Task;

    public override void Run(TContext context)
    {
        _failure = null;
        _result = _work(context);
    }

    public override void Fail(Exception failure) => _failure = failure;

    public override void Complete()
    {
        _cancellation.Unregister();
        if (_failure is null)
        {
            _completion.SetResult(_result);
        }
        else
        {
            _completion.SetException(_failure);
        }
    }

    private static void Cancel(object? state, CancellationToken cancellationToken)
    {
        var transition = (Transition<TContext, T>)state!;
        if (transition.TryCancel())
        {
            transition._completion.SetCanceled(cancellationToken);
        }
    }
}
