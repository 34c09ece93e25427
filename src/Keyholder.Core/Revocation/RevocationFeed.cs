using Keyholder.Audit;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Revocation;

/// <summary>Keeps the index in step with the revocation log: loaded before the server listens, own writes at once, everyone else's by polling.</summary>
public sealed partial class RevocationFeed(
    IRevocationStore store,
    RevocationIndex index,
    RevocationWatches watches,
    RevocationOptions options,
    TimeProvider time,
    ILogger<RevocationFeed> logger)
{
    private long _sequence;

    /// <summary>Reads the whole log. Until it has, no token is accepted.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        index.Confirm();
    }

    /// <summary>Appends an entry and its audit event; when this returns, the entry is durable and in force on this node.</summary>
    public async Task RevokeAsync(RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken)
    {
        await store.AppendAsync(revocation, audit, cancellationToken);
        Accept(revocation);
    }

    /// <summary>Puts an entry in force that the store has confirmed.</summary>
    public void Accept(RevocationEntry revocation)
    {
        index.Add(revocation);
        watches.Notify(revocation);
    }

    /// <summary>Follows the log until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.PollInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await PollAsync(cancellationToken);
        }
    }

    /// <summary>Reads what is new. A failure makes the index doubtful, and stale after a while; it is never thrown, because the next attempt may succeed.</summary>
    internal async Task PollAsync(CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        try
        {
            await ReadAsync(cancellationToken);
            index.RemoveExpired(began);
            index.Confirm();
        }
#pragma warning disable CA1031 // Whatever keeps the log from being read: the index says so.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            index.Doubt(began);
            LogUnreadable(exception);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var (sequence, revocation) in await store.ReadAfterAsync(_sequence, time.GetUtcNow(), cancellationToken))
        {
            Accept(revocation);
            _sequence = sequence;
        }
    }

    [LoggerMessage(1401, LogLevel.Error, "The revocation log cannot be read")]
    private partial void LogUnreadable(Exception exception);
}
