namespace Keyholder.Upstream;

/// <summary>A redirect to a provider, ready to be recorded as a <see cref="ConnectionFlow"/> and followed.</summary>
/// <param name="RedirectTo">The provider's authorization URL with fresh state, nonce and S256 challenge.</param>
/// <param name="StateHash">SHA-256 of the state.</param>
/// <param name="SealedSecrets">Nonce and verifier, sealed and bound to the state hash.</param>
public sealed record StartedLeg(Uri RedirectTo, byte[] StateHash, byte[] SealedSecrets)
{
    /// <inheritdoc />
    public override string ToString() => "started leg";
}
