using System.Security.Cryptography;
using Keyholder.Storage.Rows;
using Keyholder.Upstream;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteConnectionFlowStore(SqliteDatabase database) : IConnectionFlowStore
{
    public Task AddAsync(ConnectionFlow flow, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => ConnectionFlowRows.Insert(connection, flow), cancellationToken);

    public Task<(ConnectionClaimOutcome Outcome, ConnectionFlow? Flow)> ClaimAsync(byte[] stateHash, byte[] browserHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<(ConnectionClaimOutcome, ConnectionFlow?)>(
            connection => Claim(connection, stateHash, browserHash, now) is { } claimed
                ? (ConnectionClaimOutcome.Claimed, claimed)
                : (Classify(Find(connection, stateHash), browserHash, now), null),
            cancellationToken);

    private static ConnectionFlow? Claim(PreparedConnection connection, byte[] stateHash, byte[] browserHash, DateTimeOffset now) => connection.QuerySingle(
        $"""
        UPDATE connection_flows SET claimed_at = $now
        WHERE state_hash = $state_hash AND browser_hash = $browser_hash AND claimed_at IS NULL AND expires_at > $now
        RETURNING {ConnectionFlowColumns.All}
        """,
        ConnectionFlowColumns.Read,
        ("$state_hash", stateHash),
        ("$browser_hash", browserHash),
        ("$now", now));

    private static ConnectionFlow? Find(PreparedConnection connection, byte[] stateHash) => connection.QuerySingle(
        $"SELECT {ConnectionFlowColumns.All} FROM connection_flows WHERE state_hash = $state_hash",
        ConnectionFlowColumns.Read,
        ("$state_hash", stateHash));

    // Another browser learns nothing about the flow, not even that it is over.
    private static ConnectionClaimOutcome Classify(ConnectionFlow? flow, byte[] browserHash, DateTimeOffset now)
    {
        if (flow is null)
        {
            return ConnectionClaimOutcome.NotFound;
        }

        if (!CryptographicOperations.FixedTimeEquals(flow.BrowserHash, browserHash))
        {
            return ConnectionClaimOutcome.OtherBrowser;
        }

        return flow.ExpiresAt <= now ? ConnectionClaimOutcome.Expired : ConnectionClaimOutcome.AlreadyClaimed;
    }
}
