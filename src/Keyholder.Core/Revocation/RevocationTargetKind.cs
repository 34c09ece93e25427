namespace Keyholder.Revocation;

/// <summary>What an entry of the kill switch matches.</summary>
public enum RevocationTargetKind
{
    /// <summary>One token by its <c>jti</c>.</summary>
    Token,
    Session,
    Subject,
    Client,
    VirtualKey,
    Provider,
    Resource,

    /// <summary>Every token issued up to the cut-off.</summary>
    All,
}
