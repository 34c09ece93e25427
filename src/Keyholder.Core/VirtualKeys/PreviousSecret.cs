namespace Keyholder.VirtualKeys;

/// <summary>The secret a rotation replaced, while it still works.</summary>
/// <param name="Hash">SHA-256 of the secret.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="ExpiresAt">When the overlap ends: at this moment it is refused.</param>
public sealed record PreviousSecret(byte[] Hash, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <inheritdoc />
    public override string ToString() => $"previous secret until {ExpiresAt:O}";
}
