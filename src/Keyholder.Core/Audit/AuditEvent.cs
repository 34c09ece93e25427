namespace Keyholder.Audit;

/// <summary>One security event, written in the same transaction as what it records. Never holds a secret.</summary>
public sealed record AuditEvent
{
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, for example <c>session.revoked</c>; the words are listed in <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>Who did it: a subject's text form, <c>client:ID</c>, <c>cli:NAME</c> for someone at the server's command line, or <c>system</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>What it was done to, for example <c>session:ID</c>.</summary>
    public required string Target { get; init; }

    public string? Reason { get; init; }

    public string? RemoteAddress { get; init; }

    public string? RequestId { get; init; }
}
