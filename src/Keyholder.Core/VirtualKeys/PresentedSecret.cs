namespace Keyholder.VirtualKeys;

/// <summary>The secret a virtual key was presented with, as it is compared with what is stored.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Generation">Which secret of the key it says to be.</param>
/// <param name="Hash">SHA-256 of the secret.</param>
public sealed record PresentedSecret(string KeyId, uint Generation, byte[] Hash)
{
    /// <inheritdoc />
    public override string ToString() => $"secret {Generation} of virtual key {KeyId}";
}
