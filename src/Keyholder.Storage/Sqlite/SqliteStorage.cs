namespace Keyholder.Storage.Sqlite;

/// <summary>Every storage port on one SQLite database.</summary>
public sealed class SqliteStorage : IKeyholderStorage
{
    private readonly SqliteDatabase _database;
    private readonly RevocationSubscribers _revocationSubscribers = new();

    private SqliteStorage(SqliteDatabase database)
    {
        _database = database;
        AdminTokens = new SqliteAdminTokenStore(database);
        Audit = new SqliteAuditStore(database);
        AuditTrail = new SqliteAuditTrail(database);
        AuthorizationRequests = new SqliteAuthorizationRequestStore(database);
        BrowserSessions = new SqliteBrowserSessionStore(database);
        ClientAssertions = new SqliteClientAssertionStore(database);
        ClientSnapshots = new SqliteClientSnapshotStore(database);
        Clients = new SqliteClientStore(database, _revocationSubscribers);
        ConnectLinks = new SqliteConnectLinkStore(database);
        ConnectionFlows = new SqliteConnectionFlowStore(database);
        Consents = new SqliteConsentStore(database);
        CredentialDirectory = new SqliteCredentialDirectory(database, _revocationSubscribers);
        Credentials = new SqliteCredentialStore(database, _revocationSubscribers);
        CredentialRefusals = new SqliteCredentialRefusalStore(database, _revocationSubscribers);
        CredentialRefreshes = new SqliteCredentialRefreshStore(database);
        Declarations = new SqliteDeclarationStore(database, _revocationSubscribers);
        DeviceAuthorizations = new SqliteDeviceAuthorizationStore(database);
        Grants = new SqliteGrantStore(database, _revocationSubscribers);
        Imports = new SqliteImportStore(database);
        Leases = new SqliteLeaseStore(database);
        PushedRequests = new SqlitePushedRequestStore(database);
        Reconciliation = new SqliteReconciliationStore(database);
        Revocations = new SqliteRevocationStore(database, _revocationSubscribers);
        SealedRows = new SqliteSealedRowStore(database);
        ServerSecrets = new SqliteServerSecretStore(database);
        SessionDirectory = new SqliteSessionDirectory(database, _revocationSubscribers);
        Sessions = new SqliteSessionStore(database, _revocationSubscribers);
        Sweeps = new SqliteSweepStore(database);
        UpstreamClients = new SqliteUpstreamClientStore(database);
        UpstreamRegistrations = new SqliteUpstreamRegistrationStore(database);
        UpstreamRevocations = new SqliteUpstreamRevocationStore(database);
        Users = new SqliteUserStore(database);
        VaultKeyNodes = new SqliteVaultKeyNodeStore(database);
        VirtualKeys = new SqliteVirtualKeyStore(database, _revocationSubscribers);
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

    /// <summary>Tells of appends by this process only: a second one, such as the command line, is heard at the next poll.</summary>
    public IRevocationSignal RevocationSignal => _revocationSubscribers;

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

    internal SqliteDatabase Database => _database;

    /// <summary>Opens the database and brings it to the current schema. Safe when several processes do so at once.</summary>
    /// <exception cref="SchemaTooNewException">The database demands a newer Keyholder; nothing was changed.</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The file cannot be opened, or is no database.</exception>
    public static Task<SqliteStorage> OpenAsync(SqliteStorageOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Run(() => new SqliteStorage(SqliteDatabase.Open(options, time)), cancellationToken);

    /// <summary>Whether the file is there, with a database that opening it would not change. It is neither made nor migrated by the question.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The file cannot be opened, or is no database.</exception>
    public static Task<bool> IsCurrentAsync(SqliteStorageOptions options, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                if (!File.Exists(options.Path))
                {
                    return false;
                }

                using var reader = new SqliteConnections(options.Path).OpenReader();
                return SqliteMigrations.IsCurrent(reader);
            },
            cancellationToken);

    /// <summary>Finishes what was begun and closes the database.</summary>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
