using System.Threading.Channels;
using Keyholder.Storage;

namespace Keyholder.Tests.Maintenance;

/// <summary>Keeps what it was asked and answers as told; nothing is found unless told otherwise.</summary>
internal sealed class RecordingSweepStore : ISweepStore
{
    private readonly Channel<(SweepTarget Target, DateTimeOffset Before)> _calls = Channel.CreateUnbounded<(SweepTarget, DateTimeOffset)>();

    public Func<SweepTarget, CancellationToken, Task<(int Found, int Deleted)>> Answer { get; set; } = (_, _) => Task.FromResult((0, 0));

    public Task<(int Found, int Deleted)> DeleteAsync(SweepTarget target, DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite((target, before));
        return Answer(target, cancellationToken);
    }

    /// <summary>The next call, once it comes.</summary>
    public Task<(SweepTarget Target, DateTimeOffset Before)> NextAsync() =>
        _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The calls so far that were not looked at yet.</summary>
    public List<SweepTarget> Take()
    {
        var targets = new List<SweepTarget>();
        while (_calls.Reader.TryRead(out var call))
        {
            targets.Add(call.Target);
        }

        return targets;
    }
}
