using Keyholder.Audit;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>audit_events</c>, appended inside the transaction of what they record.</summary>
internal static class AuditRows
{
    public const string Columns = "at, action, actor, target, reason, remote_address, request_id";

    public static void Append(PreparedConnection connection, AuditEvent audit) => connection.Execute(
        $"INSERT INTO audit_events ({Columns}) VALUES ($at, $action, $actor, $target, $reason, $remote_address, $request_id)",
        ("$at", audit.At),
        ("$action", audit.Action),
        ("$actor", audit.Actor),
        ("$target", audit.Target),
        ("$reason", audit.Reason),
        ("$remote_address", audit.RemoteAddress),
        ("$request_id", audit.RequestId));

    public static AuditEvent Read(SqliteDataReader row) => new()
    {
        At = row.Time(0),
        Action = row.GetString(1),
        Actor = row.GetString(2),
        Target = row.GetString(3),
        Reason = row.TextOrNull(4),
        RemoteAddress = row.TextOrNull(5),
        RequestId = row.TextOrNull(6),
    };
}
