using System.Globalization;
using Keyholder.Audit;

namespace Keyholder.Vault;

/// <summary>What the audit trail says about the vault's keys.</summary>
public static class VaultKeyAudit
{
    /// <summary>A key was added to the ring.</summary>
    public static AuditEvent Added(string id, string actor, RequestOrigin origin, DateTimeOffset now) => Event(AuditActions.VaultKeyAdded, id, actor, null, origin, now);

    /// <summary>A key left the ring.</summary>
    public static AuditEvent Retired(string id, string actor, RequestOrigin origin, DateTimeOffset now) => Event(AuditActions.VaultKeyRetired, id, actor, null, origin, now);

    /// <summary>Values were sealed anew.</summary>
    public static AuditEvent Resealed(ResealResult result, string actor, DateTimeOffset now) =>
        Event(AuditActions.VaultResealed, result.KeyId, actor, result.Resealed.ToString(CultureInfo.InvariantCulture) + " values", origin: null, now);

    private static AuditEvent Event(string action, string id, string actor, string? reason, RequestOrigin? origin, DateTimeOffset now) => new()
    {
        At = now,
        Action = action,
        Actor = actor,
        Target = $"vault_key:{id}",
        Reason = reason,
        RemoteAddress = origin?.RemoteAddress,
        RequestId = origin?.RequestId,
    };
}
