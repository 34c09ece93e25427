using System.Data.Common;
using Keyholder.Authorization.Connect;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>connect_links</c> and how to read them.</summary>
internal static class ConnectLinkColumns
{
    public const string All = "id_hash, purpose, subject_kind, subject_id, session_id, client_id, resource, providers, expires_at";

    public static ConnectLink Read(DbDataReader row) => new()
    {
        IdHash = row.Bytes(0),
        Purpose = StoredWords.AuthorizationPurpose.Read(row.GetString(1)),
        Subject = row.IsDBNull(2) ? null : row.Subject(2),
        Session = row.IsDBNull(4) ? null : row.SessionId(4),
        ClientId = row.GetString(5),
        Resource = row.GetString(6),
        Providers = row.List(7),
        ExpiresAt = row.Time(8),
    };
}
