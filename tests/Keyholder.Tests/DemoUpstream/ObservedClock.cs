using Keyholder.Tests.Testing;

namespace Keyholder.Tests.DemoUpstream;

/// <summary>A manual clock that tells when something begins to wait on it.</summary>
internal sealed class ObservedClock : TimeProvider
{
    private readonly ManualTimeProvider _inner = new();
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first timer exists.</summary>
    public Task Waiting => _waiting.Task;

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _inner.CreateTimer(callback, state, dueTime, period);
        _waiting.TrySetResult();
        return timer;
    }

    public void Advance(TimeSpan by) => _inner.Advance(by);
}
