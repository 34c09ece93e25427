using Keyholder.Storage.Rows;
using Keyholder.Upstream;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>connection_flows</c>.</summary>
internal static class ConnectionFlowRows
{
    public static Task InsertAsync(PostgresStatements statements, ConnectionFlow flow) => statements.ExecuteAsync(
        $"""
        INSERT INTO connection_flows ({ConnectionFlowColumns.All}) VALUES (
          @state_hash, @purpose, @provider, @browser_hash, @authorization_request_id, @owner_kind, @owner_id, @sealed_secrets, @created_at, @expires_at)
        """,
        ("state_hash", flow.StateHash),
        ("purpose", StoredWords.Purpose.Write(flow.Purpose)),
        ("provider", flow.Provider),
        ("browser_hash", flow.BrowserHash),
        ("authorization_request_id", flow.AuthorizationRequestId),
        ("owner_kind", flow.Owner?.KindName),
        ("owner_id", flow.Owner?.Id),
        ("sealed_secrets", flow.SealedSecrets),
        ("created_at", flow.CreatedAt),
        ("expires_at", flow.ExpiresAt));
}
