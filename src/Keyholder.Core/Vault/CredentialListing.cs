using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>A credential as lists show it.</summary>
/// <param name="Credential">The row.</param>
/// <param name="OwnerName">What the user or virtual key is called; null when it is gone, or the owner is neither.</param>
/// <param name="Connecting">Whether somebody is on the way to connect it (again).</param>
public sealed record CredentialListing(StoredCredential Credential, string? OwnerName, bool Connecting)
{
    /// <summary>Its place in the list.</summary>
    public RowPosition Position => new(Credential.CreatedAt, Credential.RowId);

    /// <summary>Whose account it is, in the sense that only they can connect it again: the user who owns it, or for whose session it was connected.</summary>
    public Subject? BoundUser =>
        Credential.Key.Owner is { Kind: CredentialOwnerKind.User } owner ? Subject.User(owner.Id)
        : Credential.Binding is { Subject: { Kind: SubjectKind.User } subject } ? subject
        : null;

    /// <inheritdoc />
    public override string ToString() => Credential.ToString();
}
