namespace Keyholder.VirtualKeys;

/// <summary>A resource every virtual key may use, unless a grant of the key's own says otherwise.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Configured">Whether the configuration says so: then nothing else takes it back.</param>
public sealed record GrantToAll(string Resource, bool Configured);
