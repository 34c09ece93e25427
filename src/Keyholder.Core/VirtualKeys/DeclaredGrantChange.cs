namespace Keyholder.VirtualKeys;

/// <summary>A grant of a declared key that comes, goes, or names other tools.</summary>
/// <param name="Key">The key.</param>
/// <param name="Before">Null = it is new.</param>
/// <param name="After">Null = it goes.</param>
public sealed record DeclaredGrantChange(VirtualKey Key, Grant? Before, Grant? After)
{
    /// <summary>The resource's name.</summary>
    public string Resource => (After ?? Before)!.Resource;
}
