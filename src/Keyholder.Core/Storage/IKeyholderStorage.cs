namespace Keyholder.Storage;

/// <summary>An open database: every storage port. Disposing it finishes what was begun and closes the database.</summary>
public interface IKeyholderStorage : IAsyncDisposable
{
    IAdminTokenStore AdminTokens { get; }

    IAuditStore Audit { get; }

    IAuditTrail AuditTrail { get; }

    IAuthorizationRequestStore AuthorizationRequests { get; }

    IBrowserSessionStore BrowserSessions { get; }

    IClientAssertionStore ClientAssertions { get; }

    IClientSnapshotStore ClientSnapshots { get; }

    IClientStore Clients { get; }

    IConnectLinkStore ConnectLinks { get; }

    IConnectionFlowStore ConnectionFlows { get; }

    IConsentStore Consents { get; }

    ICredentialDirectory CredentialDirectory { get; }

    ICredentialStore Credentials { get; }

    ICredentialRefreshStore CredentialRefreshes { get; }

    ICredentialRefusalStore CredentialRefusals { get; }

    IDeclarationStore Declarations { get; }

    IDeviceAuthorizationStore DeviceAuthorizations { get; }

    IGrantStore Grants { get; }

    IImportStore Imports { get; }

    ILeaseStore Leases { get; }

    IPushedRequestStore PushedRequests { get; }

    IReconciliationStore Reconciliation { get; }

    IRevocationStore Revocations { get; }

    IRevocationSignal RevocationSignal { get; }

    ISealedRowStore SealedRows { get; }

    IServerSecretStore ServerSecrets { get; }

    ISessionDirectory SessionDirectory { get; }

    ISessionStore Sessions { get; }

    ISweepStore Sweeps { get; }

    IUpstreamClientStore UpstreamClients { get; }

    IUpstreamRegistrationStore UpstreamRegistrations { get; }

    IUpstreamRevocationStore UpstreamRevocations { get; }

    IUserStore Users { get; }

    IVaultKeyNodeStore VaultKeyNodes { get; }

    IVirtualKeyStore VirtualKeys { get; }
}
