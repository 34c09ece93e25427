namespace Keyholder.Upstream.Discovery;

/// <summary>What discovery found, or why it found nothing.</summary>
/// <param name="Resource">The finding; null unless <paramref name="Outcome"/> is succeeded.</param>
/// <param name="Outcome">Succeeded, rejected (unusable) or unavailable (try later).</param>
/// <param name="Debug">The private reason of a failure.</param>
internal sealed record ProtectedResourceResult(ProtectedResource? Resource, LegOutcome Outcome, string? Debug)
{
    public static ProtectedResourceResult Of(ProtectedResource resource) => new(resource, LegOutcome.Succeeded, null);

    public static ProtectedResourceResult Rejected(string debug) => new(null, LegOutcome.Rejected, debug);

    public static ProtectedResourceResult Unavailable(string debug) => new(null, LegOutcome.Unavailable, debug);
}
