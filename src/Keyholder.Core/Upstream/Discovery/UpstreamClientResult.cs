namespace Keyholder.Upstream.Discovery;

/// <summary>Keyholder's client at an authorization server, or why there is none.</summary>
/// <param name="Client">The client; null unless <paramref name="Outcome"/> is succeeded.</param>
/// <param name="Outcome">Succeeded, rejected (there is no way to become a client) or unavailable (try later).</param>
/// <param name="Debug">The private reason of a failure.</param>
internal sealed record UpstreamClientResult(RegisteredUpstreamClient? Client, LegOutcome Outcome, string? Debug)
{
    public static UpstreamClientResult Of(RegisteredUpstreamClient client) => new(client, LegOutcome.Succeeded, null);

    public static UpstreamClientResult Rejected(string debug) => new(null, LegOutcome.Rejected, debug);

    public static UpstreamClientResult Unavailable(string debug) => new(null, LegOutcome.Unavailable, debug);
}
