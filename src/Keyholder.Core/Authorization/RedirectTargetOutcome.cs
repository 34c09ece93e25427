namespace Keyholder.Authorization;

/// <summary>Whether an authorization request names a place its answer may be sent to.</summary>
public enum RedirectTargetOutcome
{
    Found,

    /// <summary><c>client_id</c> or <c>redirect_uri</c> came more than once.</summary>
    Repeated,

    /// <summary>The redirect URI is not one of the client's.</summary>
    NotRegistered,

    /// <summary>None was sent, and the client has registered several or none.</summary>
    Missing,
}
