using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>Audit events about credentials that storage writes itself.</summary>
internal static class CredentialEvents
{
    /// <summary>What happens to a credential because it was written.</summary>
    public static AuditEvent System(StoredCredential credential) =>
        new() { At = credential.UpdatedAt, Action = AuditActions.CredentialStored, Actor = "system", Target = $"credential:{credential.Key}" };
}
