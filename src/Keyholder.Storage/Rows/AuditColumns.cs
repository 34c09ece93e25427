using System.Data.Common;
using Keyholder.Audit;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>audit_events</c> and how to read them.</summary>
internal static class AuditColumns
{
    public const string All = "at, action, actor, target, reason, remote_address, request_id";

    public static AuditEvent Read(DbDataReader row) => new()
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
