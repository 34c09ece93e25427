using System.Threading.Channels;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>A subscriber that checks something at every signal, as the revocation feed reads the log.</summary>
internal sealed class SignalListener : IDisposable
{
    private readonly Channel<bool> _signals = Channel.CreateUnbounded<bool>();
    private readonly IDisposable _subscription;
    private int _count;

    public SignalListener(IRevocationSignal signal) => _subscription = signal.Subscribe(() =>
    {
        Interlocked.Increment(ref _count);
        _signals.Writer.TryWrite(true);
    });

    /// <summary>How often it was called.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Returns when <paramref name="condition"/> holds at a signal; fails when signals stop coming first.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            await _signals.Reader.ReadAsync(deadline.Token);
        }
        while (!await condition());
    }

    public void Dispose() => _subscription.Dispose();
}
