using System.Diagnostics;

namespace Keyholder.Server.Gateway;

/// <summary>Tells upstreams the trace (W3C <c>traceparent</c>, <c>tracestate</c>) and nothing else: baggage may hold anything and stays here.</summary>
internal sealed class TraceContextPropagator : DistributedContextPropagator
{
    public override IReadOnlyCollection<string> Fields { get; } = ["traceparent", "tracestate"];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } || setter is null)
        {
            return;
        }

        setter(carrier, "traceparent", id);
        if (!string.IsNullOrEmpty(activity.TraceStateString))
        {
            setter(carrier, "tracestate", activity.TraceStateString);
        }
    }

    // Only ever used on the way out.
    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        traceId = null;
        traceState = null;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
