using System.Diagnostics.Metrics;

namespace Keyholder.Revocation;

/// <summary>The kill switch in numbers, on the meter <c>Keyholder</c>.</summary>
public sealed class RevocationMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Keyholder";

    private readonly Counter<long> _revocations;
    private readonly Counter<long> _refusals;

    public RevocationMetrics()
    {
        _revocations = Meter.CreateCounter<long>("keyholder.revocations", "{revocation}", "Revocations that came into force on this node.");
        _refusals = Meter.CreateCounter<long>("keyholder.revocation.refusals", "{token}", "Tokens and sessions refused because they are revoked, or because that cannot be known.");
    }

    /// <summary>The meter itself.</summary>
    internal Meter Meter { get; } = new(MeterName);

    /// <inheritdoc />
    public void Dispose() => Meter.Dispose();

    /// <summary>Publishes the size of an index, and how old its knowledge is in seconds.</summary>
    internal void Observe(Func<int> entries, Func<double> age)
    {
        Meter.CreateObservableGauge("keyholder.revocation.entries", entries, "{target}", "Targets in the revocation index.");
        Meter.CreateObservableGauge("keyholder.revocation.feed.age", age, "s", "Time since the revocation log was last confirmed.");
    }

    internal void Revoked(RevocationEntry entry) => _revocations.Add(1, new("target", NameOf(entry.Target.Kind)), new("quarantine", entry.IsQuarantine));

    internal void Refused(RevocationTargetKind kind) => _refusals.Add(1, new KeyValuePair<string, object?>("target", NameOf(kind)));

    internal void RefusedUnknown() => _refusals.Add(1, new KeyValuePair<string, object?>("target", "unknown"));

    private static string NameOf(RevocationTargetKind kind) => RevocationTargets.NameOf(kind);
}
