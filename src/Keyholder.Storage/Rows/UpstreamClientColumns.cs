using System.Data.Common;
using Keyholder.Upstream;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>upstream_clients</c> and how to read them.</summary>
internal static class UpstreamClientColumns
{
    public const string All = "provider, issuer, generation, client_id, auth_method, envelope, secret_expires_at, created_at, redirect_uri";

    /// <summary>The current and the kept registrations of every provider, as a table.</summary>
    public const string EveryOne = $"(SELECT {All} FROM upstream_clients UNION ALL SELECT {All} FROM former_upstream_clients) AS registrations";

    /// <summary>Why credentials of another client need a new connection.</summary>
    public const string ChangedReason = "upstream_client_changed";

    public static StoredUpstreamClient Read(DbDataReader row) => new()
    {
        Provider = row.GetString(0),
        Issuer = row.GetString(1),
        Generation = (int)row.GetInt64(2),
        ClientId = row.GetString(3),
        AuthMethod = row.GetString(4),
        Envelope = row.IsDBNull(5) ? null : row.Bytes(5),
        SecretExpiresAt = row.TimeOrNull(6),
        CreatedAt = row.Time(7),
        RedirectUri = row.IsDBNull(8) ? null : row.GetString(8),
    };
}
