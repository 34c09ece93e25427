namespace Keyholder.Storage;

/// <summary>What became of a credential's write.</summary>
public enum CredentialPutOutcome
{
    Stored,

    /// <summary>The row is not at the expected version (or exists although none was expected); nothing was changed.</summary>
    Conflict,
}
