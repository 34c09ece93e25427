using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>A credential and where it will lie.</summary>
/// <param name="Record">What the journal knows it by.</param>
/// <param name="Key">Owner and logical name of the provider.</param>
/// <param name="Binding">Who it is bound to, when a session owns it.</param>
/// <param name="Source">The credential of the file. Secret.</param>
public sealed record PlannedCredential(byte[] Record, CredentialKey Key, CredentialBinding? Binding, ImportedCredential Source)
{
    /// <inheritdoc />
    public override string ToString() => $"planned credential {Key}";
}
