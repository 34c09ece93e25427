using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Upstream;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>The words rows use for enum values, the same in every backend (docs/storage-schema.md).</summary>
internal static class StoredWords
{
    public static readonly WordTable<AuthorizationPhase> Phase = new(
        (AuthorizationPhase.SignIn, "sign_in"),
        (AuthorizationPhase.Consent, "consent"),
        (AuthorizationPhase.Upstream, "upstream"),
        (AuthorizationPhase.Completed, "completed"),
        (AuthorizationPhase.Failed, "failed"));

    public static readonly WordTable<AuthorizationPurpose> AuthorizationPurpose = new(
        (Authorization.AuthorizationPurpose.OpenSession, "open_session"),
        (Authorization.AuthorizationPurpose.ConnectSubject, "connect_session"),
        (Authorization.AuthorizationPurpose.ConnectShared, "connect_shared"));

    public static readonly WordTable<LegState> LegState = new(
        (Authorization.LegState.Pending, "pending"),
        (Authorization.LegState.Connected, "connected"),
        (Authorization.LegState.Skipped, "skipped"));

    public static readonly WordTable<ClientSource> ClientSource = new(
        (Clients.ClientSource.Dynamic, "dynamic"),
        (Clients.ClientSource.Configured, "configured"),
        (Clients.ClientSource.MetadataDocument, "metadata_document"));

    public static readonly WordTable<SubjectKind> SubjectKind = new(
        (Sessions.SubjectKind.User, "user"),
        (Sessions.SubjectKind.VirtualKey, "vk"),
        (Sessions.SubjectKind.Session, "session"));

    public static readonly WordTable<RevocationTargetKind> TargetKind = new(
        (RevocationTargetKind.Token, "token"),
        (RevocationTargetKind.Session, "session"),
        (RevocationTargetKind.Subject, "subject"),
        (RevocationTargetKind.Client, "client"),
        (RevocationTargetKind.VirtualKey, "vk"),
        (RevocationTargetKind.Provider, "provider"),
        (RevocationTargetKind.Resource, "resource"),
        (RevocationTargetKind.All, "all"));

    public static readonly WordTable<ConnectionPurpose> Purpose = new(
        (ConnectionPurpose.SignIn, "sign_in"),
        (ConnectionPurpose.Connect, "connect"));

    public static readonly WordTable<CredentialOwnerKind> OwnerKind = new(
        (CredentialOwnerKind.User, "user"),
        (CredentialOwnerKind.VirtualKey, "vk"),
        (CredentialOwnerKind.Session, "session"),
        (CredentialOwnerKind.Shared, "shared"));

    public static readonly WordTable<CredentialKind> CredentialKind = new(
        (Vault.CredentialKind.OAuth, "oauth"),
        (Vault.CredentialKind.Headers, "headers"));

    public static readonly WordTable<CredentialStatus> CredentialStatus = new(
        (Vault.CredentialStatus.Active, "active"),
        (Vault.CredentialStatus.Orphaned, "orphaned"),
        (Vault.CredentialStatus.NeedsReauth, "needs_reauth"),
        (Vault.CredentialStatus.NeedsUpdate, "needs_update"));

    public static readonly WordTable<ImportOutcome> ImportOutcome = new(
        (Storage.ImportOutcome.Imported, "imported"),
        (Storage.ImportOutcome.Kept, "kept"));

    public static readonly WordTable<UpstreamRevocationStatus> UpstreamRevocationStatus = new(
        (Upstream.Revocation.UpstreamRevocationStatus.Pending, "pending"),
        (Upstream.Revocation.UpstreamRevocationStatus.Done, "done"),
        (Upstream.Revocation.UpstreamRevocationStatus.Failed, "failed"));
}
