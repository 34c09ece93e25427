using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>The end of a refresh.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Tokens">The new token set; only when renewed. Secret.</param>
/// <param name="Version">The version it is stored as; 0 when it could not be stored.</param>
/// <param name="Wait">When to try again; only when postponed.</param>
internal sealed record Renewal(RenewalOutcome Outcome, TokenSet? Tokens = null, long Version = 0, TimeSpan Wait = default)
{
    public static Renewal Changed { get; } = new(RenewalOutcome.Changed);

    public static Renewal Ended { get; } = new(RenewalOutcome.Ended);

    public override string ToString() => $"renewal ({Outcome})";
}
