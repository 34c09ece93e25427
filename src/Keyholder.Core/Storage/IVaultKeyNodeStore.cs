using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>
/// Which servers run, and which keys of the vault each of them opens and seals with. Reports happen one after the other among all nodes, so at any time
/// every node that is there opens what any of them seals.
/// </summary>
public interface IVaultKeyNodeStore
{
    /// <summary>
    /// Takes down what a node opens, and what it may seal with from now on (<see cref="SealingPolicy"/>). A node that does not open what another seals with is not taken down:
    /// <see cref="VaultKeyStanding.Missing"/> says what it lacks, and nothing is changed.
    /// </summary>
    /// <param name="report">What the node says.</param>
    /// <param name="expiresAt">Until when it counts as running, unless it reports again; after <paramref name="now"/>.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up before the write, not after.</param>
    Task<VaultKeyStanding> ReportAsync(VaultKeyReport report, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A node stops: the others do not have to wait for it any more.</summary>
    Task LeaveAsync(string nodeId, CancellationToken cancellationToken);

    /// <summary>The nodes that run at <paramref name="now"/>, by name and id.</summary>
    Task<IReadOnlyList<VaultKeyNode>> ListAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
