namespace Keyholder.Vault;

/// <summary>What a credential consists of.</summary>
public enum CredentialKind
{
    /// <summary>An OAuth token set.</summary>
    OAuth,

    /// <summary>Named header values the person submitted.</summary>
    Headers,
}
