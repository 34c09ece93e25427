namespace Keyholder.VirtualKeys;

/// <summary>A new secret for a virtual key.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Generation">The generation it replaces: another rotation in between makes this one a conflict.</param>
/// <param name="SecretHash">SHA-256 of the new secret.</param>
/// <param name="OverlapEndsAt">When the secret it replaces stops working; the present moment = at once. What was left of an earlier one stops working in any case.</param>
public sealed record VirtualKeyRotation(string KeyId, uint Generation, byte[] SecretHash, DateTimeOffset OverlapEndsAt)
{
    /// <inheritdoc />
    public override string ToString() => $"rotation of virtual key {KeyId} from generation {Generation}";
}
