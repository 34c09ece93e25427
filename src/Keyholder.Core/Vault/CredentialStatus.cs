namespace Keyholder.Vault;

/// <summary>Whether a credential can be used, and if not, what would repair it.</summary>
public enum CredentialStatus
{
    Active,

    /// <summary>Nothing entitles its owner to it any more; kept for when the entitlement comes back.</summary>
    Orphaned,

    /// <summary>The provider refused it for good; the person has to connect again.</summary>
    NeedsReauth,

    /// <summary>The operator changed what is required; the person has to submit again.</summary>
    NeedsUpdate,
}
