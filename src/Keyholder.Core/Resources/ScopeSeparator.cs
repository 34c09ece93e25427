namespace Keyholder.Resources;

/// <summary>What stands between the scopes a provider is asked for.</summary>
public enum ScopeSeparator
{
    /// <summary>A space (RFC 6749 section 3.3).</summary>
    Space,

    /// <summary>A comma.</summary>
    Comma,
}
