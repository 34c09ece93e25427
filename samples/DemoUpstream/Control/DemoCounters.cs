using System.Text.Json;

namespace DemoUpstream.Control;

/// <summary>Counts since start or the last reset. Safe to read at any time.</summary>
public sealed class DemoCounters
{
    private readonly long[] _values = new long[Enum.GetValues<DemoCounter>().Length];

    public long this[DemoCounter counter] => Interlocked.Read(ref _values[(int)counter]);

    internal void Add(DemoCounter counter) => Interlocked.Increment(ref _values[(int)counter]);

    internal void Reset()
    {
        for (var i = 0; i < _values.Length; i++) Interlocked.Exchange(ref _values[i], 0);
    }

    internal IReadOnlyDictionary<string, long> Snapshot() =>
        Enum.GetValues<DemoCounter>().ToDictionary(counter => JsonNamingPolicy.CamelCase.ConvertName(counter.ToString()), counter => this[counter]);
}
