namespace Keyholder.Audit;

/// <summary>A page of the audit trail. Every filter that is set has to match exactly.</summary>
public sealed record AuditQuery
{
    public string? Action { get; init; }

    public string? Actor { get; init; }

    public string? Target { get; init; }

    /// <summary>Only what was written before the event with this sequence number; null = from the newest on.</summary>
    public long? Before { get; init; }

    /// <summary>How many at most; above 0.</summary>
    public required int Limit { get; init; }
}
