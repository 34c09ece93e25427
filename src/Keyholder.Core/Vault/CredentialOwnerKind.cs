namespace Keyholder.Vault;

/// <summary>Whose credential it is.</summary>
public enum CredentialOwnerKind
{
    User,
    VirtualKey,
    Session,

    /// <summary>The operator's: one for everybody.</summary>
    Shared,
}
