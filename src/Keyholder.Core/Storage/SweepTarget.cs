namespace Keyholder.Storage;

/// <summary>Rows that can no longer matter, each kind with the moment since when.</summary>
public enum SweepTarget
{
    /// <summary>Authorization requests, since their expiry.</summary>
    AuthorizationRequests,

    /// <summary>Device authorizations, since their expiry.</summary>
    DeviceAuthorizations,

    /// <summary>Connection flows, since their expiry.</summary>
    ConnectionFlows,

    /// <summary>Browser sessions, since their expiry.</summary>
    BrowserSessions,

    /// <summary>Sessions whose code was never redeemed and that were not revoked, since the code's expiry.</summary>
    UnredeemedSessions,

    /// <summary>Sessions that were not revoked, since their idle or absolute expiry.</summary>
    ExpiredSessions,

    /// <summary>Revoked sessions, since their revocation.</summary>
    RevokedSessions,

    /// <summary>Dynamic clients that no session, revoked or not, and no authorization request or device names, since their registration.</summary>
    UnusedClients,

    /// <summary>Clients, since their expiry.</summary>
    ExpiredClients,

    /// <summary>Snapshots of client-id metadata documents that no session names, since they were taken.</summary>
    ClientSnapshots,

    /// <summary>Orphaned credentials, since they were orphaned.</summary>
    OrphanedCredentials,

    /// <summary>Credentials of anonymous subjects without an unrevoked session, since their latest write. What their providers issued goes to be revoked there.</summary>
    SessionCredentials,

    /// <summary>Revocations at providers, since they were done or given up.</summary>
    UpstreamRevocations,

    /// <summary>Lines of the revocation log, since their expiry.</summary>
    Revocations,

    /// <summary>Signing keys, since a later key began to sign.</summary>
    SupersededSigningKeys,

    /// <summary>Audit events, since they happened.</summary>
    AuditEvents,
}
