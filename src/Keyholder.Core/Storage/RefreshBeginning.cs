using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>The answer to a wish to refresh.</summary>
/// <param name="Outcome">Whether it may begin.</param>
/// <param name="Refresh">The right to it; only when begun.</param>
/// <param name="Until">Until when somebody else holds it, or it is paused; only then.</param>
public sealed record RefreshBeginning(RefreshBeginOutcome Outcome, CredentialRefresh? Refresh = null, DateTimeOffset? Until = null);
