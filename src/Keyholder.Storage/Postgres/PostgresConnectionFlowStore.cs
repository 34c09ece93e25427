using System.Security.Cryptography;
using Keyholder.Storage.Rows;
using Keyholder.Upstream;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresConnectionFlowStore(PostgresDatabase database) : IConnectionFlowStore
{
    public Task AddAsync(ConnectionFlow flow, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => ConnectionFlowRows.InsertAsync(statements, flow), cancellationToken);

    public Task<(ConnectionClaimOutcome Outcome, ConnectionFlow? Flow)> ClaimAsync(byte[] stateHash, byte[] browserHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<(ConnectionClaimOutcome, ConnectionFlow?)>(
            async statements => await ClaimAsync(statements, stateHash, browserHash, now) is { } claimed
                ? (ConnectionClaimOutcome.Claimed, claimed)
                : (Classify(await FindAsync(statements, stateHash), browserHash, now), null),
            cancellationToken);

    private static Task<ConnectionFlow?> ClaimAsync(PostgresStatements statements, byte[] stateHash, byte[] browserHash, DateTimeOffset now) => statements.QuerySingleAsync(
        $"""
        UPDATE connection_flows SET claimed_at = @now
        WHERE state_hash = @state_hash AND browser_hash = @browser_hash AND claimed_at IS NULL AND expires_at > @now
        RETURNING {ConnectionFlowColumns.All}
        """,
        ConnectionFlowColumns.Read,
        ("state_hash", stateHash),
        ("browser_hash", browserHash),
        ("now", now));

    private static Task<ConnectionFlow?> FindAsync(PostgresStatements statements, byte[] stateHash) => statements.QuerySingleAsync(
        $"SELECT {ConnectionFlowColumns.All} FROM connection_flows WHERE state_hash = @state_hash",
        ConnectionFlowColumns.Read,
        ("state_hash", stateHash));

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
