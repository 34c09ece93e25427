namespace Keyholder.VirtualKeys;

/// <summary>Whether a virtual key may use a resource now.</summary>
public enum VirtualKeyUseOutcome
{
    Allowed,

    /// <summary>Not a key of this server, unknown, deleted, replaced, or ended by the kill switch: one answer for all.</summary>
    Invalid,

    /// <summary>The key is deactivated, or its owner is not active.</summary>
    Inactive,

    Expired,

    /// <summary>Nothing grants the resource to the key.</summary>
    NotGranted,

    /// <summary>Whether it is revoked cannot be known now; answer 503.</summary>
    RevocationUnknown,
}
