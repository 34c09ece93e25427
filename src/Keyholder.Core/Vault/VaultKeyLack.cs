namespace Keyholder.Vault;

/// <summary>A key that is not in every ring.</summary>
/// <param name="Print">The key.</param>
/// <param name="Nodes">The names of the nodes it is about.</param>
public sealed record VaultKeyLack(string Print, IReadOnlyList<string> Nodes)
{
    /// <summary>What the operator calls the key.</summary>
    public string KeyId => VaultKeyRing.IdOf(Print);
}
