using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>One empty database of one backend. A new backend is one subclass of this, and one file that names the contracts.</summary>
public abstract class StorageFixture : IAsyncDisposable
{
    public IAdminTokenStore AdminTokens => Storage.AdminTokens;

    public IAuditStore Audit => Storage.Audit;

    public IAuditTrail AuditTrail => Storage.AuditTrail;

    public IAuthorizationRequestStore AuthorizationRequests => Storage.AuthorizationRequests;

    public IBrowserSessionStore BrowserSessions => Storage.BrowserSessions;

    public IClientAssertionStore ClientAssertions => Storage.ClientAssertions;

    public IClientSnapshotStore ClientSnapshots => Storage.ClientSnapshots;

    public IClientStore Clients => Storage.Clients;

    public IConnectLinkStore ConnectLinks => Storage.ConnectLinks;

    public IConnectionFlowStore ConnectionFlows => Storage.ConnectionFlows;

    public IConsentStore Consents => Storage.Consents;

    public ICredentialDirectory CredentialDirectory => Storage.CredentialDirectory;

    public ICredentialStore Credentials => Storage.Credentials;

    public ICredentialRefusalStore CredentialRefusals => Storage.CredentialRefusals;

    public ICredentialRefreshStore CredentialRefreshes => Storage.CredentialRefreshes;

    public IDeclarationStore Declarations => Storage.Declarations;

    public IDeviceAuthorizationStore DeviceAuthorizations => Storage.DeviceAuthorizations;

    public IGrantStore Grants => Storage.Grants;

    public IImportStore Imports => Storage.Imports;

    public ILeaseStore Leases => Storage.Leases;

    public IPushedRequestStore PushedRequests => Storage.PushedRequests;

    public IReconciliationStore Reconciliation => Storage.Reconciliation;

    public IRevocationStore Revocations => Storage.Revocations;

    public IRevocationSignal RevocationSignal => Storage.RevocationSignal;

    public ISealedRowStore SealedRows => Storage.SealedRows;

    public IServerSecretStore ServerSecrets => Storage.ServerSecrets;

    public ISessionDirectory SessionDirectory => Storage.SessionDirectory;

    public ISessionStore Sessions => Storage.Sessions;

    public ISweepStore Sweeps => Storage.Sweeps;

    public IUpstreamClientStore UpstreamClients => Storage.UpstreamClients;

    public IUpstreamRegistrationStore UpstreamRegistrations => Storage.UpstreamRegistrations;

    public IUpstreamRevocationStore UpstreamRevocations => Storage.UpstreamRevocations;

    public IUserStore Users => Storage.Users;

    public IVaultKeyNodeStore VaultKeyNodes => Storage.VaultKeyNodes;

    public IVirtualKeyStore VirtualKeys => Storage.VirtualKeys;

    protected abstract IKeyholderStorage Storage { get; }

    public abstract Task OpenAsync();

    // What no port does yet, but time and operators will.

    public abstract Task DisableUserAsync(string id, DateTimeOffset at);

    public abstract Task DeleteUserAsync(string id);

    public abstract Task DeleteRevocationsAsync();

    public abstract ValueTask DisposeAsync();
}
