namespace Keyholder.Vault;

/// <summary>The answer to a look-up.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Row">The row; null when missing or bound to another.</param>
/// <param name="Secret">What its envelope held; only when found. Secret.</param>
public sealed record FoundCredential(CredentialFindOutcome Outcome, StoredCredential? Row = null, CredentialSecret? Secret = null)
{
    /// <summary>The token set, if it is one.</summary>
    public TokenSet? Tokens => Secret as TokenSet;

    /// <summary>The header set, if it is one.</summary>
    public HeaderSet? Headers => Secret as HeaderSet;

    /// <inheritdoc />
    public override string ToString() => $"found credential ({Outcome})";
}
