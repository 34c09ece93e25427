namespace Keyholder.Storage;

/// <summary>What became of a credential that a connection flow brought.</summary>
public enum CredentialConnectOutcome
{
    /// <summary>Stored, and the flow is over.</summary>
    Stored,

    /// <summary>The row is not at the expected version; nothing was changed and the flow stands.</summary>
    Conflict,

    /// <summary>The flow was deleted, has expired, was never claimed, or is for another credential, or the virtual key it is for may not have it any more; nothing was changed.</summary>
    FlowGone,
}
