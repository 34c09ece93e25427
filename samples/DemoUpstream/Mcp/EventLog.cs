using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>The events of one session, so that a client that lost its connection can go on with <c>Last-Event-ID</c>.</summary>
internal sealed class EventLog : ISseEventStreamStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Stream> _streams = new(StringComparer.Ordinal);

    public ValueTask<ISseEventStreamWriter> CreateStreamAsync(SseEventStreamOptions options, CancellationToken cancellationToken = default)
    {
        lock (_gate) return ValueTask.FromResult<ISseEventStreamWriter>(_streams[options.StreamId] = new Stream(options));
    }

    /// <summary>What came after the event with this id; null when no stream of this session has it.</summary>
    public ValueTask<ISseEventStreamReader?> GetStreamReaderAsync(string lastEventId, CancellationToken cancellationToken = default)
    {
        var cut = lastEventId.LastIndexOf('.');
        lock (_gate)
        {
            var found = cut > 0
                && int.TryParse(lastEventId.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
                && _streams.TryGetValue(lastEventId[..cut], out var stream)
                && stream.Has(seen)
                    ? new Reader(stream, seen)
                    : null;
            return ValueTask.FromResult<ISseEventStreamReader?>(found);
        }
    }

    private sealed class Stream(SseEventStreamOptions options) : ISseEventStreamWriter
    {
        private readonly Lock _gate = new();
        private readonly List<SseItem<JsonRpcMessage?>> _events = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _ended;
        private SseEventStreamMode _mode = options.Mode;

        public SseEventStreamOptions Options => options;

        public bool Has(int number)
        {
            lock (_gate) return number >= 1 && number <= _events.Count;
        }

        public ValueTask SetModeAsync(SseEventStreamMode mode, CancellationToken cancellationToken = default)
        {
            lock (_gate)
            {
                _mode = mode;
                Wake();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask<SseItem<JsonRpcMessage?>> WriteEventAsync(SseItem<JsonRpcMessage?> sseItem, CancellationToken cancellationToken = default)
        {
            if (sseItem.EventId is not null) return ValueTask.FromResult(sseItem);
            lock (_gate)
            {
                var item = new SseItem<JsonRpcMessage?>(sseItem.Data, sseItem.EventType)
                {
                    EventId = string.Create(CultureInfo.InvariantCulture, $"{options.StreamId}.{_events.Count + 1}"),
                    ReconnectionInterval = sseItem.ReconnectionInterval,
                };
                _events.Add(item);
                Wake();
                return ValueTask.FromResult(item);
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (_gate)
            {
                _ended = true;
                Wake();
            }

            return ValueTask.CompletedTask;
        }

        /// <summary>The events after <paramref name="seen"/>, whether more can follow, and when there are.</summary>
        public (SseItem<JsonRpcMessage?>[] Events, bool IsOver, Task Changed) After(int seen)
        {
            lock (_gate) return ([.. _events.Skip(seen)], _ended || _mode is SseEventStreamMode.Polling, _changed.Task);
        }

        private void Wake()
        {
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class Reader(Stream stream, int seen) : ISseEventStreamReader
    {
        public string SessionId => stream.Options.SessionId;

        public string StreamId => stream.Options.StreamId;

        public async IAsyncEnumerable<SseItem<JsonRpcMessage?>> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var (events, isOver, changed) = stream.After(seen);
                foreach (var item in events) yield return item;
                seen += events.Length;
                if (isOver) yield break;
                await changed.WaitAsync(cancellationToken);
            }
        }
    }
}
