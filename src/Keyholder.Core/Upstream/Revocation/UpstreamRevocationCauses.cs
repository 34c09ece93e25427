namespace Keyholder.Upstream.Revocation;

/// <summary>The words for why a credential was deleted.</summary>
public static class UpstreamRevocationCauses
{
    /// <summary>The only session that held it ended.</summary>
    public const string SessionEnded = "session_ended";

    /// <summary>Its owner or an administrator deleted it.</summary>
    public const string Deleted = "deleted";
}
