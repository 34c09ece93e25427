namespace Keyholder.Storage;

/// <summary>
/// Tells the callers of a committed batch on a few threads that each go from caller to caller. One work item per caller would wake a thread for each, and
/// a batch has hundreds. A caller that does not return at once holds up only those that no other thread takes meanwhile.
/// </summary>
internal sealed class Answers<TContext> : IThreadPoolWorkItem
{
    private readonly Transition<TContext>[] _transitions;
    private int _next = -1;

    private Answers(Transition<TContext>[] transitions) => _transitions = transitions;

    /// <summary>Gives every caller its result or failure, on other threads than this one.</summary>
    public static void Give(IEnumerable<Transition<TContext>> transitions)
    {
        var answers = new Answers<TContext>([.. transitions]);
        for (var i = Math.Min(Environment.ProcessorCount, answers._transitions.Length); i > 0; i--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(answers, preferLocal: false);
        }
    }

    /// <inheritdoc />
    public void Execute()
    {
        for (var i = Interlocked.Increment(ref _next); i < _transitions.Length; i = Interlocked.Increment(ref _next))
        {
            _transitions[i].Complete();
        }
    }
}
