using Keyholder.Storage.Rows;
using Keyholder.Upstream;
using Keyholder.Vault;

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

    /// <summary>When the flow began that was claimed, still stands, and is for that credential; nobody deletes it before the transaction ends. Null: there is none.</summary>
    public static async Task<DateTimeOffset?> LockClaimedAsync(PostgresStatements statements, byte[] stateHash, CredentialKey key, DateTimeOffset now) => (await statements.QueryAsync(
        """
        SELECT created_at FROM connection_flows
        WHERE state_hash = @state_hash AND claimed_at IS NOT NULL AND finished_at IS NULL AND expires_at > @now
          AND purpose = 'connect' AND owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider
        FOR UPDATE
        """,
        row => (DateTimeOffset?)row.Time(0),
        ("state_hash", stateHash),
        ("now", now),
        ("owner_kind", key.Owner.KindName),
        ("owner_id", key.Owner.Id),
        ("provider", key.Provider))).SingleOrDefault();

    /// <summary>It brought its credential: kept until it expires, so that its callback is known as used.</summary>
    public static Task FinishAsync(PostgresStatements statements, byte[] stateHash, DateTimeOffset now) =>
        statements.ExecuteAsync("UPDATE connection_flows SET finished_at = @now WHERE state_hash = @state_hash", ("state_hash", stateHash), ("now", now));
}
