using System.Data.Common;
using Keyholder.Authorization.Device;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>device_authorizations</c> and how to read them.</summary>
internal static class DeviceAuthorizationColumns
{
    public const string All = "session_id, device_code_hash, user_code_hash, client_id, resource, scopes, interval_ms, next_poll_at, created_at, expires_at";

    public static DeviceAuthorization Read(DbDataReader row) => new()
    {
        SessionId = row.SessionId(0),
        DeviceCodeHash = row.Bytes(1),
        UserCodeHash = row.Bytes(2),
        ClientId = row.GetString(3),
        Resource = row.GetString(4),
        Scopes = row.List(5),
        Interval = TimeSpan.FromMilliseconds(row.GetInt64(6)),
        NextPollAt = row.Time(7),
        CreatedAt = row.Time(8),
        ExpiresAt = row.Time(9),
    };
}
