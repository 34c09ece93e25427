using Keyholder.Audit;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>audit_events</c>, appended inside the transaction of what they record.</summary>
internal static class AuditRows
{
    public static Task AppendAsync(PostgresStatements statements, AuditEvent audit) => statements.ExecuteAsync(
        $"INSERT INTO audit_events ({AuditColumns.All}) VALUES (@at, @action, @actor, @target, @reason, @remote_address, @request_id)",
        ("at", audit.At),
        ("action", audit.Action),
        ("actor", audit.Actor),
        ("target", audit.Target),
        ("reason", audit.Reason),
        ("remote_address", audit.RemoteAddress),
        ("request_id", audit.RequestId));

    /// <summary>Appends the event once for each session of a JSON list of ids, with that session as its target.</summary>
    public static Task AppendSessionsAsync(PostgresStatements statements, string ids, AuditEvent audit) => statements.ExecuteAsync(
        $"""
        INSERT INTO audit_events ({AuditColumns.All})
        SELECT @at, @action, @actor, 'session:' || value, @reason, @remote_address, @request_id FROM jsonb_array_elements_text(@ids::jsonb)
        """,
        ("ids", ids),
        ("at", audit.At),
        ("action", audit.Action),
        ("actor", audit.Actor),
        ("reason", audit.Reason),
        ("remote_address", audit.RemoteAddress),
        ("request_id", audit.RequestId));
}
