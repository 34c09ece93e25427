using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>The end of a redirect to a provider.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Tokens">The tokens; only when succeeded. Secret.</param>
/// <param name="Subject">The account's stable subject at the provider, when it says one (always for OIDC).</param>
/// <param name="DisplayName">A name for the account, for pages only.</param>
/// <param name="Debug">The private reason of a failure, for the log. Never the provider's own text, never a secret.</param>
public sealed record CompletedLeg(LegOutcome Outcome, TokenSet? Tokens = null, string? Subject = null, string? DisplayName = null, string? Debug = null)
{
    /// <inheritdoc />
    public override string ToString() => $"completed leg ({Outcome})";
}
