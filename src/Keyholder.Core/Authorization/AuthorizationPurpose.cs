namespace Keyholder.Authorization;

/// <summary>What a pending authorization request ends in.</summary>
public enum AuthorizationPurpose
{
    /// <summary>A session of a client.</summary>
    OpenSession,

    /// <summary>Credentials for a session there is already.</summary>
    ConnectSession,

    /// <summary>A credential for everybody, which an administrator brings.</summary>
    ConnectShared,
}
