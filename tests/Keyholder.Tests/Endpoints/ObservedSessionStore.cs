using System.Collections.Concurrent;
using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Endpoints;

/// <summary>Passes every call on, counts it, and fails those a test names.</summary>
internal sealed class ObservedSessionStore(ISessionStore inner) : ISessionStore
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>The names of the calls since the last <see cref="Clear"/>.</summary>
    public IReadOnlyCollection<string> Calls => _calls;

    /// <summary>The call that fails, as when the database is gone.</summary>
    public string? Failing { get; set; }

    public void Clear() => _calls.Clear();

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        Observe(nameof(FindAsync), () => inner.FindAsync(id, cancellationToken));

    public Task<(RedeemOutcome Outcome, Session? Session)> RedeemCodeAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken) =>
        Observe(nameof(RedeemCodeAsync), () => inner.RedeemCodeAsync(redemption, now, cancellationToken));

    public Task<(RotateOutcome Outcome, Session? Session)> RotateAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken) =>
        Observe(nameof(RotateAsync), () => inner.RotateAsync(rotation, now, cancellationToken));

    public Task<SessionRevokeOutcome> RevokeAsync(SessionId id, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Observe(nameof(RevokeAsync), () => inner.RevokeAsync(id, reason, revocation, audit, now, cancellationToken));

    private Task<T> Observe<T>(string call, Func<Task<T>> pass)
    {
        _calls.Enqueue(call);
        return call == Failing ? throw new TimeoutException("The database is gone.") : pass();
    }
}
