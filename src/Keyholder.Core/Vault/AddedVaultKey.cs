namespace Keyholder.Vault;

/// <summary>The answer to adding a key.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Key">The key, or the one that is pending (without its moment when only another node has it); null otherwise, but for a ring in the configuration, where it is what to add.</param>
public sealed record AddedVaultKey(AddKeyOutcome Outcome, VaultKeyInfo? Key = null);
