namespace Keyholder.Vault;

/// <summary>What may be shown of a key of the ring.</summary>
/// <param name="Id">What the operator calls it.</param>
/// <param name="SealsFrom">From when on it seals; before, it only opens. Null = ever since it is in the ring.</param>
public sealed record VaultKeyInfo(string Id, DateTimeOffset? SealsFrom);
