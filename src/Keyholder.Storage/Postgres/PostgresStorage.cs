namespace Keyholder.Storage.Postgres;

/// <summary>Every storage port on one PostgreSQL database, which any number of nodes may share.</summary>
public sealed class PostgresStorage : IKeyholderStorage
{
    private readonly PostgresDatabase _database;
    private readonly PostgresRevocationListener _listener;

    private PostgresStorage(PostgresDatabase database, PostgresRevocationListener listener)
    {
        _database = database;
        _listener = listener;
        AdminTokens = new PostgresAdminTokenStore(database);
        Audit = new PostgresAuditStore(database);
        AuditTrail = new PostgresAuditTrail(database);
        AuthorizationRequests = new PostgresAuthorizationRequestStore(database);
        BrowserSessions = new PostgresBrowserSessionStore(database);
        ClientAssertions = new PostgresClientAssertionStore(database);
        ClientSnapshots = new PostgresClientSnapshotStore(database);
        Clients = new PostgresClientStore(database);
        ConnectLinks = new PostgresConnectLinkStore(database);
        ConnectionFlows = new PostgresConnectionFlowStore(database);
        Consents = new PostgresConsentStore(database);
        CredentialDirectory = new PostgresCredentialDirectory(database);
        Credentials = new PostgresCredentialStore(database);
        CredentialRefusals = new PostgresCredentialRefusalStore(database);
        CredentialRefreshes = new PostgresCredentialRefreshStore(database);
        Declarations = new PostgresDeclarationStore(database);
        DeviceAuthorizations = new PostgresDeviceAuthorizationStore(database);
        Grants = new PostgresGrantStore(database);
        Imports = new PostgresImportStore(database);
        Leases = new PostgresLeaseStore(database);
        PushedRequests = new PostgresPushedRequestStore(database);
        Reconciliation = new PostgresReconciliationStore(database);
        Revocations = new PostgresRevocationStore(database);
        SealedRows = new PostgresSealedRowStore(database);
        ServerSecrets = new PostgresServerSecretStore(database);
        SessionDirectory = new PostgresSessionDirectory(database);
        Sessions = new PostgresSessionStore(database);
        Sweeps = new PostgresSweepStore(database);
        UpstreamClients = new PostgresUpstreamClientStore(database);
        UpstreamRegistrations = new PostgresUpstreamRegistrationStore(database);
        UpstreamRevocations = new PostgresUpstreamRevocationStore(database);
        Users = new PostgresUserStore(database);
        VaultKeyNodes = new PostgresVaultKeyNodeStore(database);
        VirtualKeys = new PostgresVirtualKeyStore(database);
    }

    public IAdminTokenStore AdminTokens { get; }

    public IAuditStore Audit { get; }

    public IAuditTrail AuditTrail { get; }

    public IAuthorizationRequestStore AuthorizationRequests { get; }

    public IBrowserSessionStore BrowserSessions { get; }

    public IClientAssertionStore ClientAssertions { get; }

    public IClientSnapshotStore ClientSnapshots { get; }

    public IClientStore Clients { get; }

    public IConnectLinkStore ConnectLinks { get; }

    public IConnectionFlowStore ConnectionFlows { get; }

    public IConsentStore Consents { get; }

    public ICredentialDirectory CredentialDirectory { get; }

    public ICredentialStore Credentials { get; }

    public ICredentialRefreshStore CredentialRefreshes { get; }

    public ICredentialRefusalStore CredentialRefusals { get; }

    public IDeclarationStore Declarations { get; }

    public IDeviceAuthorizationStore DeviceAuthorizations { get; }

    public IGrantStore Grants { get; }

    public IImportStore Imports { get; }

    public ILeaseStore Leases { get; }

    public IPushedRequestStore PushedRequests { get; }

    public IReconciliationStore Reconciliation { get; }

    public IRevocationStore Revocations { get; }

    /// <summary>Tells of appends by every node, from the first subscription on.</summary>
    public IRevocationSignal RevocationSignal => _listener;

    public ISealedRowStore SealedRows { get; }

    public IServerSecretStore ServerSecrets { get; }

    public ISessionDirectory SessionDirectory { get; }

    public ISessionStore Sessions { get; }

    public ISweepStore Sweeps { get; }

    public IUpstreamClientStore UpstreamClients { get; }

    public IUpstreamRegistrationStore UpstreamRegistrations { get; }

    public IUpstreamRevocationStore UpstreamRevocations { get; }

    public IUserStore Users { get; }

    public IVaultKeyNodeStore VaultKeyNodes { get; }

    public IVirtualKeyStore VirtualKeys { get; }

    internal PostgresDatabase Database => _database;

    /// <summary>Connects and brings the database to the current schema. Safe when several nodes do so at once.</summary>
    /// <exception cref="SchemaTooNewException">The database demands a newer Keyholder; nothing was changed.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The server cannot be reached, or refuses.</exception>
    public static async Task<PostgresStorage> OpenAsync(PostgresStorageOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var database = await PostgresDatabase.OpenAsync(options, time, cancellationToken);
        return new PostgresStorage(database, new PostgresRevocationListener(PostgresConnections.CreateForListening(options), time));
    }

    /// <summary>Whether the database is one that opening it would not change. It is not migrated by the question.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The server cannot be reached, or refuses.</exception>
    public static async Task<bool> IsCurrentAsync(PostgresStorageOptions options, CancellationToken cancellationToken)
    {
        await using var pool = PostgresConnections.CreatePool(options);
        return await PostgresMigrations.IsCurrentAsync(pool, cancellationToken);
    }

    /// <summary>Finishes what was begun and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _database.DisposeAsync();
    }
}
