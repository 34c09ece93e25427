namespace Keyholder.VirtualKeys;

/// <summary>Permission of a virtual key to use a resource.</summary>
/// <param name="Resource">The resource's name. It may be configured no more: then the grant allows nothing until it is again.</param>
/// <param name="Tools">What the key may use there, see <see cref="GrantRules"/>; null = everything.</param>
public sealed record Grant(string Resource, IReadOnlyList<string>? Tools);
