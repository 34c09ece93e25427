namespace Keyholder.Vault;

/// <summary>What a credential is found by.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Provider">The provider's logical name.</param>
public readonly record struct CredentialKey(CredentialOwner Owner, string Provider)
{
    /// <inheritdoc />
    public override string ToString() => $"{Owner}@{Provider}";
}
