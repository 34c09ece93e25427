using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>A credential and where it will lie.</summary>
/// <param name="Record">What the journal knows it by.</param>
/// <param name="Key">Owner and logical name of the provider.</param>
/// <param name="Source">The credential of the file. Secret.</param>
public sealed record PlannedCredential(byte[] Record, CredentialKey Key, ImportedCredential Source)
{
    /// <inheritdoc />
    public override string ToString() => $"planned credential {Key}";
}
