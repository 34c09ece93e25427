namespace Keyholder.Upstream;

/// <summary>What validating an ID token found.</summary>
/// <param name="Outcome">Succeeded, rejected or unavailable (the keys cannot be had).</param>
/// <param name="Subject">The <c>sub</c>; only when succeeded.</param>
/// <param name="DisplayName">A name for pages, if the token has one.</param>
/// <param name="Debug">The private reason of a failure.</param>
internal sealed record IdTokenResult(LegOutcome Outcome, string? Subject = null, string? DisplayName = null, string? Debug = null)
{
    public static IdTokenResult Rejected(string debug) => new(LegOutcome.Rejected, Debug: debug);
}
