namespace Keyholder.VirtualKeys;

/// <summary>What storage holds of the virtual keys a declaration concerns, as of one moment.</summary>
/// <param name="Keys">Every key that was ever declared, and every one that has a declared name.</param>
/// <param name="Grants">Their grants, with the id of the key.</param>
/// <param name="Owners">The users the declaration names: as it names them → id, and whether they are active.</param>
public sealed record DeclaredState(
    IReadOnlyList<VirtualKey> Keys, IReadOnlyList<(string KeyId, Grant Grant)> Grants, IReadOnlyDictionary<string, (string Id, bool IsActive)> Owners);
