namespace Keyholder.Vault;

/// <summary>What looking up a credential found.</summary>
public enum CredentialFindOutcome
{
    /// <summary>The secret is there and active; an access token may have expired.</summary>
    Found,

    /// <summary>There is no row.</summary>
    Missing,

    /// <summary>The row is orphaned or needs the person: its secret is not handed out.</summary>
    NotActive,

    /// <summary>The row is bound to another owner, provider, subject or client than the one asked for. Logged and audited.</summary>
    BindingMismatch,

    /// <summary>The envelope or what is in it was changed, cut short or copied from another row. Logged and audited.</summary>
    Tampered,

    /// <summary>The envelope was sealed with a key that is not in the ring. Logged and audited.</summary>
    UnknownKey,
}
