using Keyholder.Upstream;

namespace Keyholder.Storage;

/// <summary>Redirects to providers that have not come back yet.</summary>
public interface IConnectionFlowStore
{
    /// <summary>Stores a new flow.</summary>
    Task AddAsync(ConnectionFlow flow, CancellationToken cancellationToken);

    /// <summary>Claims a flow for its one callback by one conditional update. The flow is returned only with <see cref="ConnectionClaimOutcome.Claimed"/>.</summary>
    Task<(ConnectionClaimOutcome Outcome, ConnectionFlow? Flow)> ClaimAsync(byte[] stateHash, byte[] browserHash, DateTimeOffset now, CancellationToken cancellationToken);
}
