using System.Threading.Channels;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Revocation;

/// <summary>
/// Keeps the index in step with the revocation log: loaded before the server listens, own writes at once, everyone else's when the storage tells of them and
/// by polling. Lines are applied in the order of the log, so that a lift never comes before what it lifts.
/// </summary>
public sealed partial class RevocationFeed(
    IRevocationStore store,
    IRevocationSignal signal,
    RevocationIndex index,
    RevocationWatches watches,
    RevocationOptions options,
    TimeProvider time,
    ILogger<RevocationFeed> logger)
{
    // A read that hangs is given up, so that the next has its chance.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private long _sequence;
    private bool _wasStale;

    /// <summary>Raised for every notice read from the log, those of this node included.</summary>
    public event Action<RevocationTarget>? Noticed;

    /// <summary>Reads the whole log. Until it has, no token is accepted.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (options.FailOpen)
        {
            LogFailsOpen(options.MaxStaleness);
        }

        var began = time.GetUtcNow();
        await ReadAsync(began, cancellationToken);
        index.Confirm(began);
    }

    /// <summary>Puts a permanent entry in force that the store has confirmed.</summary>
    public void Accept(RevocationEntry revocation)
    {
        index.Add(revocation);
        watches.Notify(revocation);
    }

    /// <summary>Puts a line in force that the store has written for this node, unless the log was read past it meanwhile.</summary>
    public void Accept(RevocationLogEntry logged)
    {
        lock (_gate)
        {
            if (logged.Sequence <= _sequence)
            {
                return;
            }

            index.Apply(logged);
        }

        watches.Notify(logged.Revocation);
    }

    /// <summary>Follows the log until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var subscription = signal.Subscribe(Wake);
        await using var timer = time.CreateTimer(_ => Wake(), null, options.PollInterval, options.PollInterval);
        await foreach (var _ in _wake.Reader.ReadAllAsync(cancellationToken))
        {
            await PollAsync(cancellationToken);
        }
    }

    /// <summary>Reads what is new. A failure is never thrown, because the next attempt may succeed; without one the index becomes stale.</summary>
    internal async Task PollAsync(CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        try
        {
            await ReadAsync(began, cancellationToken);
            index.RemoveExpired(began);
            index.Confirm(began);
        }
#pragma warning disable CA1031 // Whatever keeps the log from being read: the age of the index says so.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnreadable(exception);
        }

        ReportStaleness();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lines = await store.ReadAfterAsync(Volatile.Read(ref _sequence), now, cancellationToken).WaitAsync(Patience, time, cancellationToken);
        foreach (var logged in lines)
        {
            lock (_gate)
            {
                if (!logged.IsNotice)
                {
                    index.Apply(logged);
                }

                _sequence = logged.Sequence;
            }

            if (logged.IsNotice)
            {
                Noticed?.Invoke(logged.Revocation.Target);
                watches.End(logged.Revocation.Target);
            }
            else if (logged.Lifts is null)
            {
                watches.Notify(logged.Revocation);
            }
        }
    }

    private void ReportStaleness()
    {
        var stale = index.IsStale(time.GetUtcNow());
        if (stale == _wasStale)
        {
            return;
        }

        _wasStale = stale;
        if (!stale)
        {
            LogCurrent();
        }
        else if (options.FailOpen)
        {
            LogStaleAccepting(options.MaxStaleness);
        }
        else
        {
            LogStaleRefusing(options.MaxStaleness);
        }
    }

    [LoggerMessage(1401, LogLevel.Error, "The revocation log cannot be read")]
    private partial void LogUnreadable(Exception exception);

    [LoggerMessage(1402, LogLevel.Warning, "revocation.failOpen is set: when the revocation log cannot be read for {MaxStaleness}, revoked tokens may be accepted")]
    private partial void LogFailsOpen(TimeSpan maxStaleness);

    [LoggerMessage(1403, LogLevel.Critical, "The revocation log was not confirmed for {MaxStaleness}: every token is answered with 503")]
    private partial void LogStaleRefusing(TimeSpan maxStaleness);

    [LoggerMessage(1404, LogLevel.Critical, "The revocation log was not confirmed for {MaxStaleness} and revocation.failOpen is set: REVOKED TOKENS MAY BE ACCEPTED")]
    private partial void LogStaleAccepting(TimeSpan maxStaleness);

    [LoggerMessage(1405, LogLevel.Information, "The revocation log is confirmed again")]
    private partial void LogCurrent();
}
