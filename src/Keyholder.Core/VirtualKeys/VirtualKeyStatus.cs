namespace Keyholder.VirtualKeys;

/// <summary>Whether a virtual key can be used.</summary>
public enum VirtualKeyStatus
{
    Active,

    /// <summary>Deactivated by an administrator, until it is activated again.</summary>
    Inactive,

    /// <summary>Past its expiry.</summary>
    Expired,
}
