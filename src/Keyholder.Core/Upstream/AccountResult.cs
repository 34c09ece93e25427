namespace Keyholder.Upstream;

/// <summary>Which account at a provider a credential belongs to.</summary>
/// <param name="Outcome">Succeeded, rejected (what names it is not valid) or unavailable (it cannot be had now).</param>
/// <param name="Subject">The account's stable identifier; only when succeeded, and null when the provider does not say.</param>
/// <param name="DisplayName">A name for pages, if there is one.</param>
/// <param name="Debug">The private reason of a failure.</param>
internal sealed record AccountResult(LegOutcome Outcome, string? Subject = null, string? DisplayName = null, string? Debug = null)
{
    /// <summary>The provider does not say.</summary>
    public static AccountResult Unknown { get; } = new(LegOutcome.Succeeded);

    public static AccountResult Rejected(string debug) => new(LegOutcome.Rejected, Debug: debug);

    public static AccountResult Unavailable(string debug) => new(LegOutcome.Unavailable, Debug: debug);
}
