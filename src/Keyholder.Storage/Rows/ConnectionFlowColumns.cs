using System.Data.Common;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>connection_flows</c> and how to read them.</summary>
internal static class ConnectionFlowColumns
{
    public const string All = """
        state_hash, purpose, provider, browser_hash, authorization_request_id, owner_kind, owner_id, sealed_secrets, created_at, expires_at
        """;

    public static ConnectionFlow Read(DbDataReader row) => new()
    {
        StateHash = row.Bytes(0),
        Purpose = StoredWords.Purpose.Read(row.GetString(1)),
        Provider = row.GetString(2),
        BrowserHash = row.Bytes(3),
        AuthorizationRequestId = row.GetString(4),
        Owner = row.IsDBNull(5) ? null : new CredentialOwner(StoredWords.OwnerKind.Read(row.GetString(5)), row.GetString(6)),
        SealedSecrets = row.Bytes(7),
        CreatedAt = row.Time(8),
        ExpiresAt = row.Time(9),
    };
}
