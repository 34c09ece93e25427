namespace Keyholder.Audit;

/// <summary>An event as it stands in the audit trail.</summary>
/// <param name="Sequence">Its place: above 0, later written = larger, never given out again.</param>
/// <param name="Event">The event.</param>
public sealed record AuditEntry(long Sequence, AuditEvent Event);
