using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Tests.Revocation;

/// <summary>A log that can fail, hang and be listened to. It holds entries only, no sessions.</summary>
internal sealed class RevocationLogInMemory : IRevocationStore, IRevocationSignal
{
    private readonly List<RevocationLogEntry> _lines = [];
    private Action? _listener;

    public bool Fails { get; set; }

    /// <summary>Completes a read that would otherwise be answered at once.</summary>
    public TaskCompletionSource? Hang { get; set; }

    public List<long> ReadFrom { get; } = [];

    public Task<(IReadOnlyList<RevocationLogEntry> Appended, int Sessions)> AppendAsync(
        RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit, CancellationToken cancellationToken)
    {
        if (Fails)
        {
            throw new TimeoutException();
        }

        return Task.FromResult<(IReadOnlyList<RevocationLogEntry>, int)>(([Add(revocation, null)], 0));
    }

    public Task<int> CountSessionsAsync(RevocationEntry revocation, IReadOnlyList<string> resources, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<(LiftOutcome Outcome, RevocationLogEntry? Lift)> LiftAsync(long id, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult<(LiftOutcome, RevocationLogEntry?)>((LiftOutcome.Lifted, Add(_lines[(int)id - 1].Revocation, id)));

    public Task<IReadOnlyList<RevocationLogEntry>> ListAsync(long? before, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RevocationLogEntry>>([.. _lines]);

    public async Task<IReadOnlyList<RevocationLogEntry>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ReadFrom.Add(sequence);
        if (Hang is { } hang)
        {
            await hang.Task;
        }

        return Fails ? throw new TimeoutException() : [.. _lines.Where(line => line.Sequence > sequence)];
    }

    public IDisposable Subscribe(Action onSignal)
    {
        _listener = onSignal;
        return new Subscription(this);
    }

    private RevocationLogEntry Add(RevocationEntry revocation, long? lifts)
    {
        var line = new RevocationLogEntry(_lines.Count + 1, revocation) { Lifts = lifts };
        _lines.Add(line);
        _listener?.Invoke();
        return line;
    }

    private sealed class Subscription(RevocationLogInMemory log) : IDisposable
    {
        public void Dispose() => log._listener = null;
    }
}
