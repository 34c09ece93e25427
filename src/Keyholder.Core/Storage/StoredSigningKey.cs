namespace Keyholder.Storage;

/// <summary>A token-signing key as a row.</summary>
/// <param name="Id">The <c>kid</c>: RFC 7638 thumbprint.</param>
/// <param name="SealedPrivateKey">PKCS#8, sealed by the vault.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SignsFrom">From when on it signs; before, it is only published.</param>
/// <param name="RetiresAt">When it leaves the JWKS; null = not planned.</param>
public sealed record StoredSigningKey(string Id, byte[] SealedPrivateKey, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom, DateTimeOffset? RetiresAt)
{
    /// <inheritdoc />
    public override string ToString() => $"signing key {Id}";
}
