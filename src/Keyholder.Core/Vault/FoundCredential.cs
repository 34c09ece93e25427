namespace Keyholder.Vault;

/// <summary>The answer to a look-up.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Row">The row; null when missing or bound to another.</param>
/// <param name="Tokens">The opened token set; only when found. Secret.</param>
public sealed record FoundCredential(CredentialFindOutcome Outcome, StoredCredential? Row = null, TokenSet? Tokens = null)
{
    /// <inheritdoc />
    public override string ToString() => $"found credential ({Outcome})";
}
