namespace Keyholder.Vault;

/// <summary>The right to refresh one version of a credential, and the record that it was begun.</summary>
/// <param name="Key">The credential.</param>
/// <param name="RowId">Its row.</param>
/// <param name="Version">The version whose refresh token is used.</param>
/// <param name="Fencing">Grows with every refresh begun and every write: who holds an older number has lost the right.</param>
/// <param name="Interrupted">Whether an earlier refresh of this version was begun and never ended: its provider may have rotated the refresh token already.</param>
public sealed record CredentialRefresh(CredentialKey Key, byte[] RowId, long Version, long Fencing, bool Interrupted);
