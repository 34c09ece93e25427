namespace Keyholder.Authorization;

/// <summary>What a pending authorization request ends in.</summary>
public enum AuthorizationPurpose
{
    /// <summary>A session of a client.</summary>
    OpenSession,

    /// <summary>Credentials for a subject: for one session of it, or for whatever it does.</summary>
    ConnectSubject,

    /// <summary>A credential for everybody, which an administrator brings.</summary>
    ConnectShared,
}
