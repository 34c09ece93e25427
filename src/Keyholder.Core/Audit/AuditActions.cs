namespace Keyholder.Audit;

/// <summary>The stable words for <see cref="AuditEvent.Action"/>.</summary>
public static class AuditActions
{
    public const string ClientRegistered = "client.registered";
    public const string ClientUpdated = "client.updated";
    public const string ClientDeleted = "client.deleted";
    public const string ConsentGranted = "consent.granted";
    public const string ConsentDenied = "consent.denied";
    public const string ConnectionApproved = "connection.approved";
    public const string ConnectionCompleted = "connection.completed";
    public const string ConnectionDenied = "connection.denied";
    public const string SessionCreated = "session.created";
    public const string ConsentForgotten = "consent.forgotten";
    public const string AdminTokenCreated = "admin_token.created";
    public const string AdminTokenRevoked = "admin_token.revoked";
    public const string SessionRevoked = "session.revoked";
    public const string RevocationAdded = "revocation.added";
    public const string RevocationLifted = "revocation.lifted";
    public const string SignInSucceeded = "sign_in.succeeded";
    public const string SignInFailed = "sign_in.failed";
    public const string SignedOut = "sign_in.ended";
    public const string UserAdded = "user.added";

    public const string UserAdministratorGranted = "user.administrator_granted";
    public const string UserAdministratorRevoked = "user.administrator_revoked";
    public const string UserPasswordSet = "user.password_set";
    public const string VirtualKeyCreated = "virtual_key.created";
    public const string VirtualKeyUpdated = "virtual_key.updated";
    public const string VirtualKeyRotated = "virtual_key.rotated";
    public const string VirtualKeyDeleted = "virtual_key.deleted";
    public const string UpstreamClientRegistered = "upstream_client.registered";
    public const string GrantChanged = "grant.changed";
    public const string GrantRemoved = "grant.removed";
    public const string CredentialOrphaned = "credential.orphaned";
    public const string CredentialRestored = "credential.restored";
    public const string CredentialStored = "credential.stored";
    public const string CredentialNeedsReauth = "credential.needs_reauth";
    public const string CredentialNeedsUpdate = "credential.needs_update";
    public const string UpstreamMixUpRefused = "upstream.mix_up_refused";
    public const string UpstreamClientChanged = "upstream.client_changed";
    public const string CredentialRefused = "credential.refused";
    public const string CredentialRefusedByResource = "credential.refused_by_resource";
    public const string CredentialScopesDemanded = "credential.scopes_demanded";
    public const string CredentialAcceptedByResource = "credential.accepted_by_resource";
    public const string CredentialImported = "credential.imported";
    public const string IdentityImported = "identity.imported";
    public const string ConfigurationApplied = "configuration.applied";
    public const string ConfigurationRefused = "configuration.refused";
    public const string ConfigurationReloaded = "configuration.reloaded";
    public const string ImportBegun = "import.begun";
    public const string ImportFinished = "import.finished";
    public const string ImportAbandoned = "import.abandoned";
    public const string VaultKeyAdded = "vault_key.added";
    public const string VaultKeyRetired = "vault_key.retired";
    public const string VaultResealed = "vault.resealed";
    public const string CredentialDeleted = "credential.deleted";
    public const string CredentialRevokedUpstream = "credential.revoked_upstream";
    public const string CredentialNotRevokedUpstream = "credential.not_revoked_upstream";
}
