using Keyholder.Tests.Sessions.Model;
using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Storage.Sqlite;

/// <summary>Every contract on a database file.</summary>
public static class FileSqliteTests
{
    public sealed class AdminTokens : AdminTokenStoreContract<FileSqliteFixture>;

    public sealed class Audit : AuditStoreContract<FileSqliteFixture>;

    public sealed class AuditTrail : AuditTrailContract<FileSqliteFixture>;

    public sealed class AuthorizationRequests : AuthorizationRequestStoreContract<FileSqliteFixture>;

    public sealed class BrowserSessions : BrowserSessionStoreContract<FileSqliteFixture>;

    public sealed class ClientAssertions : ClientAssertionStoreContract<FileSqliteFixture>;

    public sealed class ClientChanges : ClientChangeContract<FileSqliteFixture>;

    public sealed class ClientSnapshots : ClientSnapshotStoreContract<FileSqliteFixture>;

    public sealed class Clients : ClientStoreContract<FileSqliteFixture>;

    public sealed class ConnectionFlows : ConnectionFlowStoreContract<FileSqliteFixture>;

    public sealed class Consents : ConsentStoreContract<FileSqliteFixture>;

    public sealed class CredentialConnections : CredentialConnectionContract<FileSqliteFixture>;

    public sealed class CredentialRefusals : CredentialRefusalStoreContract<FileSqliteFixture>;

    public sealed class CredentialRefreshes : CredentialRefreshStoreContract<FileSqliteFixture>;

    public sealed class RefusalCoordination : RefusalCoordinationContract<FileSqliteFixture>;

    public sealed class CredentialDirectory : CredentialDirectoryContract<FileSqliteFixture>;

    public sealed class Credentials : CredentialStoreContract<FileSqliteFixture>;

    public sealed class AuthorizationLegs : AuthorizationLegContract<FileSqliteFixture>;

    public sealed class ConnectLinks : ConnectLinkStoreContract<FileSqliteFixture>;

    public sealed class Declarations : DeclarationStoreContract<FileSqliteFixture>;

    public sealed class DeviceAuthorizations : DeviceAuthorizationStoreContract<FileSqliteFixture>;

    public sealed class Imports : ImportContract<FileSqliteFixture>;

    public sealed class ImportStores : ImportStoreContract<FileSqliteFixture>;

    public sealed class KeySignIns : KeySignInContract<FileSqliteFixture>;

    public sealed class KillSwitch : KillSwitchContract<FileSqliteFixture>;

    public sealed class Leases : LeaseStoreContract<FileSqliteFixture>;

    public sealed class RefreshCoordination : RefreshCoordinationContract<FileSqliteFixture>;

    public sealed class Redemptions : RedemptionContract<FileSqliteFixture>;

    public sealed class PushedRequests : PushedRequestStoreContract<FileSqliteFixture>;

    public sealed class RevocationSignals : RevocationSignalContract<FileSqliteFixture>;

    public sealed class Revocations : RevocationStoreContract<FileSqliteFixture>;

    public sealed class Rotations : RotationContract<FileSqliteFixture>;

    public sealed class SealedRows : SealedRowStoreContract<FileSqliteFixture>;

    public sealed class ServerSecrets : ServerSecretStoreContract<FileSqliteFixture>;

    public sealed class SessionDirectory : SessionDirectoryContract<FileSqliteFixture>;

    public sealed class SessionModel : SessionModelContract<FileSqliteFixture>;

    public sealed class Sessions : SessionStoreContract<FileSqliteFixture>;

    public sealed class Sweeps : SweepStoreContract<FileSqliteFixture>;

    public sealed class UpstreamClients : UpstreamClientStoreContract<FileSqliteFixture>;

    public sealed class UpstreamRegistrations : UpstreamRegistrationStoreContract<FileSqliteFixture>;

    public sealed class UpstreamRevocations : UpstreamRevocationStoreContract<FileSqliteFixture>;

    public sealed class Users : UserStoreContract<FileSqliteFixture>;

    public sealed class VirtualKeyReconciliation : ReconciliationContract<FileSqliteFixture>;

    public sealed class VirtualKeyConvergence : ReconciliationConvergenceContract<FileSqliteFixture>;

    public sealed class VirtualKeys : VirtualKeyStoreContract<FileSqliteFixture>;

    public sealed class VirtualKeyLiveness : VirtualKeyLivenessContract<FileSqliteFixture>;

    public sealed class VaultKeyNodes : VaultKeyNodeStoreContract<FileSqliteFixture>;

    public sealed class VaultKeyRotations : VaultKeyRotationContract<FileSqliteFixture>;
}
