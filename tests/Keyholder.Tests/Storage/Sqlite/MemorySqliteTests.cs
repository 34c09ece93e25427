using Keyholder.Tests.Sessions.Model;
using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Storage.Sqlite;

/// <summary>Every contract on a database in memory.</summary>
public static class MemorySqliteTests
{
    public sealed class AdminTokens : AdminTokenStoreContract<MemorySqliteFixture>;

    public sealed class Audit : AuditStoreContract<MemorySqliteFixture>;

    public sealed class AuditTrail : AuditTrailContract<MemorySqliteFixture>;

    public sealed class AuthorizationRequests : AuthorizationRequestStoreContract<MemorySqliteFixture>;

    public sealed class BrowserSessions : BrowserSessionStoreContract<MemorySqliteFixture>;

    public sealed class ClientAssertions : ClientAssertionStoreContract<MemorySqliteFixture>;

    public sealed class ClientChanges : ClientChangeContract<MemorySqliteFixture>;

    public sealed class ClientSnapshots : ClientSnapshotStoreContract<MemorySqliteFixture>;

    public sealed class Clients : ClientStoreContract<MemorySqliteFixture>;

    public sealed class ConnectionFlows : ConnectionFlowStoreContract<MemorySqliteFixture>;

    public sealed class Consents : ConsentStoreContract<MemorySqliteFixture>;

    public sealed class CredentialConnections : CredentialConnectionContract<MemorySqliteFixture>;

    public sealed class CredentialRefusals : CredentialRefusalStoreContract<MemorySqliteFixture>;

    public sealed class CredentialRefreshes : CredentialRefreshStoreContract<MemorySqliteFixture>;

    public sealed class RefusalCoordination : RefusalCoordinationContract<MemorySqliteFixture>;

    public sealed class CredentialDirectory : CredentialDirectoryContract<MemorySqliteFixture>;

    public sealed class Credentials : CredentialStoreContract<MemorySqliteFixture>;

    public sealed class AuthorizationLegs : AuthorizationLegContract<MemorySqliteFixture>;

    public sealed class ConnectLinks : ConnectLinkStoreContract<MemorySqliteFixture>;

    public sealed class Declarations : DeclarationStoreContract<MemorySqliteFixture>;

    public sealed class DeviceAuthorizations : DeviceAuthorizationStoreContract<MemorySqliteFixture>;

    public sealed class Imports : ImportContract<MemorySqliteFixture>;

    public sealed class ImportStores : ImportStoreContract<MemorySqliteFixture>;

    public sealed class KeySignIns : KeySignInContract<MemorySqliteFixture>;

    public sealed class KillSwitch : KillSwitchContract<MemorySqliteFixture>;

    public sealed class Leases : LeaseStoreContract<MemorySqliteFixture>;

    public sealed class RefreshCoordination : RefreshCoordinationContract<MemorySqliteFixture>;

    public sealed class Redemptions : RedemptionContract<MemorySqliteFixture>;

    public sealed class PushedRequests : PushedRequestStoreContract<MemorySqliteFixture>;

    public sealed class RevocationSignals : RevocationSignalContract<MemorySqliteFixture>;

    public sealed class Revocations : RevocationStoreContract<MemorySqliteFixture>;

    public sealed class Rotations : RotationContract<MemorySqliteFixture>;

    public sealed class SealedRows : SealedRowStoreContract<MemorySqliteFixture>;

    public sealed class ServerSecrets : ServerSecretStoreContract<MemorySqliteFixture>;

    public sealed class SessionDirectory : SessionDirectoryContract<MemorySqliteFixture>;

    public sealed class SessionModel : SessionModelContract<MemorySqliteFixture>;

    public sealed class Sessions : SessionStoreContract<MemorySqliteFixture>;

    public sealed class Sweeps : SweepStoreContract<MemorySqliteFixture>;

    public sealed class UpstreamClients : UpstreamClientStoreContract<MemorySqliteFixture>;

    public sealed class UpstreamRegistrations : UpstreamRegistrationStoreContract<MemorySqliteFixture>;

    public sealed class UpstreamRevocations : UpstreamRevocationStoreContract<MemorySqliteFixture>;

    public sealed class Users : UserStoreContract<MemorySqliteFixture>;

    public sealed class VirtualKeyReconciliation : ReconciliationContract<MemorySqliteFixture>;

    public sealed class VirtualKeyConvergence : ReconciliationConvergenceContract<MemorySqliteFixture>;

    public sealed class VirtualKeys : VirtualKeyStoreContract<MemorySqliteFixture>;

    public sealed class VirtualKeyLiveness : VirtualKeyLivenessContract<MemorySqliteFixture>;

    public sealed class VaultKeyNodes : VaultKeyNodeStoreContract<MemorySqliteFixture>;

    public sealed class VaultKeyRotations : VaultKeyRotationContract<MemorySqliteFixture>;
}
