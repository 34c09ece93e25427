using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>
/// One node's part in the agreement that nobody seals with a key some running node cannot open. Each node reports what it opens again and again; what it may seal with is the answer. So a
/// key that was added to one node's ring only is held back until every node has it, and a node that lacks a key the others seal with learns so before it serves. A node that could not
/// report for so long that the others do not reckon with it any more goes on with the keys it had, until those had time to report too.
/// </summary>
/// <param name="keys">The node's ring, which follows the agreement.</param>
/// <param name="nodes">The reports.</param>
/// <param name="rows">Everything that is sealed.</param>
/// <param name="name">What people call the machine.</param>
/// <param name="time">The clock.</param>
public sealed class SealingAgreement(VaultKeySource keys, IVaultKeyNodeStore nodes, ISealedRowStore rows, string name, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private readonly string _nodeId = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));
    private readonly SemaphoreSlim _alone = new(1, 1);
    private volatile VaultKeyStanding _standing = new([], [], [], []);
    private DateTimeOffset? _reportedAt;
    private DateTimeOffset _gainsFrom = DateTimeOffset.MinValue;
    private IReadOnlyList<string> _seals = [];
    private bool _left;

    /// <summary>How often a node reports.</summary>
    public static TimeSpan ReportInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long the others reckon with a node that does not report any more.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Where this node stands, as of its latest report.</summary>
    public VaultKeyStanding Standing => _standing;

    /// <summary>Reports, and follows the answer. <see cref="VaultKeyStanding.Missing"/> then also names foreign keys that something in the database is sealed with.</summary>
    public async Task<VaultKeyStanding> ReportAsync(CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            if (_left)
            {
                return _standing;
            }

            var (now, ring) = (time.GetUtcNow(), keys.Current);
            var (sealing, coming) = ring.WantedAt(now, Ahead);
            var report = new VaultKeyReport(_nodeId, name, ring.Prints, sealing, coming);

            // What kept this node from reporting may have kept all of them: that nobody lacks a key says nothing until they had time to report again.
            if (_reportedAt + Patience <= now)
            {
                _gainsFrom = now + Patience;
            }

            var standing = await nodes.ReportAsync(now < _gainsFrom ? report.OnlyWith(_seals) : report, now + Patience, now, cancellationToken);
            if (standing.Missing.Count == 0)
            {
                (_reportedAt, _seals) = (now, standing.Seals);
                keys.SealOnlyWith(standing.Seals);
            }

            _standing = standing with { Missing = [.. standing.Missing, .. await FindNeededAsync(ring, standing.Foreign, cancellationToken)] };
            return _standing;
        }
        finally
        {
            _alone.Release();
        }
    }

    /// <summary>Lets the others go on without this node.</summary>
    public async Task LeaveAsync()
    {
        await _alone.WaitAsync();
        try
        {
            _left = true;
            await nodes.LeaveAsync(_nodeId, CancellationToken.None);
        }
        finally
        {
            _alone.Release();
        }
    }

    /// <summary>For a process that seals beside the nodes and does not stay: from now on <paramref name="keys"/> seal only with what running nodes seal with, if there are any.</summary>
    /// <returns>The keys that are not in the ring, with the nodes that seal with them: nothing may be sealed then.</returns>
    public static async Task<IReadOnlyList<VaultKeyLack>> FollowAsync(VaultKeySource keys, IVaultKeyNodeStore nodes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var running = await nodes.ListAsync(now, cancellationToken);
        if (running.Count == 0)
        {
            return [];
        }

        var sealing = running.SelectMany(node => node.Seals).Distinct().ToList();
        keys.SealOnlyWith(sealing);
        return [.. sealing.Except(keys.Current.Prints).Select(print => new VaultKeyLack(print, [.. running.Where(node => node.Seals.Contains(print)).Select(node => node.Name)]))];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            await LeaveAsync();
        }
#pragma warning disable CA1031 // The report expires by itself.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        _alone.Dispose();
    }

    private async Task<List<VaultKeyLack>> FindNeededAsync(VaultKeyRing ring, IReadOnlyList<VaultKeyLack> foreign, CancellationToken cancellationToken)
    {
        var needed = new List<VaultKeyLack>();
        foreach (var lack in foreign)
        {
            if (!ring.KeyIds.Contains(lack.KeyId) && await rows.AnyAsync(VaultKey.MarkOf(lack.KeyId), cancellationToken))
            {
                needed.Add(lack);
            }
        }

        return needed;
    }
}
