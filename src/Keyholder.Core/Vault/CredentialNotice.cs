using Keyholder.Revocation;
using Keyholder.Sessions;

namespace Keyholder.Vault;

/// <summary>How the revocation log tells every node that credentials of an owner changed (<see cref="RevocationLogEntry.IsNotice"/>).</summary>
public static class CredentialNotice
{
    /// <summary>The target of the notice for an owner.</summary>
    public static RevocationTarget TargetOf(CredentialOwner owner) => owner.Kind switch
    {
        CredentialOwnerKind.User => new(RevocationTargetKind.Subject, Subject.User(owner.Id).ToString()),
        CredentialOwnerKind.VirtualKey => new(RevocationTargetKind.VirtualKey, owner.Id),
        CredentialOwnerKind.Session => new(RevocationTargetKind.Session, owner.Id),
        _ => new(RevocationTargetKind.Provider, owner.Id),
    };

    /// <summary>The owner a notice means, or null.</summary>
    public static CredentialOwner? OwnerOf(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.Subject when Subject.TryParse(target.Value, out var subject) => CredentialOwner.Of(subject),
        RevocationTargetKind.VirtualKey => new(CredentialOwnerKind.VirtualKey, target.Value),
        RevocationTargetKind.Session => new(CredentialOwnerKind.Session, target.Value),
        RevocationTargetKind.Provider => new(CredentialOwnerKind.Shared, target.Value),
        _ => null,
    };
}
