using Keyholder.Tokens;

namespace Keyholder.VirtualKeys;

/// <summary>What asking for the use of a resource came to.</summary>
/// <param name="Outcome">Whether it is allowed.</param>
/// <param name="AccessToken">The key as an access token for the resource; only when it was presented itself and is allowed.</param>
/// <param name="Grant">What it may use there; only when it is allowed.</param>
/// <param name="Secret">What it was presented with; only with <paramref name="AccessToken"/>.</param>
public readonly record struct VirtualKeyUse(VirtualKeyUseOutcome Outcome, AccessToken? AccessToken = null, Grant? Grant = null, PresentedSecret? Secret = null);
