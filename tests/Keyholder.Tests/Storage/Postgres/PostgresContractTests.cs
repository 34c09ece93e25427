using Keyholder.Tests.Sessions.Model;
using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>Every contract on PostgreSQL.</summary>
public static class PostgresContractTests
{
    public sealed class AdminTokens : AdminTokenStoreContract<PostgresFixture>;

    public sealed class Audit : AuditStoreContract<PostgresFixture>;

    public sealed class AuditTrail : AuditTrailContract<PostgresFixture>;

    public sealed class AuthorizationRequests : AuthorizationRequestStoreContract<PostgresFixture>;

    public sealed class BrowserSessions : BrowserSessionStoreContract<PostgresFixture>;

    public sealed class ClientAssertions : ClientAssertionStoreContract<PostgresFixture>;

    public sealed class ClientChanges : ClientChangeContract<PostgresFixture>;

    public sealed class ClientSnapshots : ClientSnapshotStoreContract<PostgresFixture>;

    public sealed class Clients : ClientStoreContract<PostgresFixture>;

    public sealed class ConnectionFlows : ConnectionFlowStoreContract<PostgresFixture>;

    public sealed class Consents : ConsentStoreContract<PostgresFixture>;

    public sealed class CredentialConnections : CredentialConnectionContract<PostgresFixture>;

    public sealed class CredentialRefusals : CredentialRefusalStoreContract<PostgresFixture>;

    public sealed class CredentialRefreshes : CredentialRefreshStoreContract<PostgresFixture>;

    public sealed class RefusalCoordination : RefusalCoordinationContract<PostgresFixture>;

    public sealed class CredentialDirectory : CredentialDirectoryContract<PostgresFixture>;

    public sealed class Credentials : CredentialStoreContract<PostgresFixture>;

    public sealed class AuthorizationLegs : AuthorizationLegContract<PostgresFixture>;

    public sealed class ConnectLinks : ConnectLinkStoreContract<PostgresFixture>;

    public sealed class Declarations : DeclarationStoreContract<PostgresFixture>;

    public sealed class DeviceAuthorizations : DeviceAuthorizationStoreContract<PostgresFixture>;

    public sealed class Imports : ImportContract<PostgresFixture>;

    public sealed class ImportStores : ImportStoreContract<PostgresFixture>;

    public sealed class KeySignIns : KeySignInContract<PostgresFixture>;

    public sealed class KillSwitch : KillSwitchContract<PostgresFixture>;

    public sealed class Leases : LeaseStoreContract<PostgresFixture>;

    public sealed class RefreshCoordination : RefreshCoordinationContract<PostgresFixture>;

    public sealed class Redemptions : RedemptionContract<PostgresFixture>;

    public sealed class PushedRequests : PushedRequestStoreContract<PostgresFixture>;

    public sealed class RevocationSignals : RevocationSignalContract<PostgresFixture>;

    public sealed class Revocations : RevocationStoreContract<PostgresFixture>;

    public sealed class Rotations : RotationContract<PostgresFixture>;

    public sealed class SealedRows : SealedRowStoreContract<PostgresFixture>;

    public sealed class ServerSecrets : ServerSecretStoreContract<PostgresFixture>;

    public sealed class SessionDirectory : SessionDirectoryContract<PostgresFixture>;

    public sealed class SessionModel : SessionModelContract<PostgresFixture>;

    public sealed class Sessions : SessionStoreContract<PostgresFixture>;

    public sealed class Sweeps : SweepStoreContract<PostgresFixture>;

    public sealed class UpstreamClients : UpstreamClientStoreContract<PostgresFixture>;

    public sealed class UpstreamRegistrations : UpstreamRegistrationStoreContract<PostgresFixture>;

    public sealed class UpstreamRevocations : UpstreamRevocationStoreContract<PostgresFixture>;

    public sealed class Users : UserStoreContract<PostgresFixture>;

    public sealed class VirtualKeyReconciliation : ReconciliationContract<PostgresFixture>;

    public sealed class VirtualKeyConvergence : ReconciliationConvergenceContract<PostgresFixture>;

    public sealed class VirtualKeys : VirtualKeyStoreContract<PostgresFixture>;

    public sealed class VirtualKeyLiveness : VirtualKeyLivenessContract<PostgresFixture>;

    public sealed class VaultKeyNodes : VaultKeyNodeStoreContract<PostgresFixture>;

    public sealed class VaultKeyRotations : VaultKeyRotationContract<PostgresFixture>;
}
