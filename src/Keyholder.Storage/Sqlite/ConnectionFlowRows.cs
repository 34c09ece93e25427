using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>connection_flows</c>.</summary>
internal static class ConnectionFlowRows
{
    public const string Columns = """
        state_hash, purpose, provider, browser_hash, authorization_request_id, owner_kind, owner_id, sealed_secrets, created_at, expires_at
        """;

    public static void Insert(PreparedConnection connection, ConnectionFlow flow) => connection.Execute(
        $"""
        INSERT INTO connection_flows ({Columns}) VALUES (
          $state_hash, $purpose, $provider, $browser_hash, $authorization_request_id, $owner_kind, $owner_id, $sealed_secrets, $created_at, $expires_at)
        """,
        ("$state_hash", flow.StateHash),
        ("$purpose", StoredWords.Purpose.Write(flow.Purpose)),
        ("$provider", flow.Provider),
        ("$browser_hash", flow.BrowserHash),
        ("$authorization_request_id", flow.AuthorizationRequestId),
        ("$owner_kind", flow.Owner?.KindName),
        ("$owner_id", flow.Owner?.Id),
        ("$sealed_secrets", flow.SealedSecrets),
        ("$created_at", flow.CreatedAt),
        ("$expires_at", flow.ExpiresAt));

    public static ConnectionFlow Read(SqliteDataReader row) => new()
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
