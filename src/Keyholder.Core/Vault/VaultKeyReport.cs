namespace Keyholder.Vault;

/// <summary>What a server says of its key ring. Keys are named by their prints (<see cref="VaultKeyRing.Prints"/>).</summary>
/// <param name="NodeId">Unique to the process.</param>
/// <param name="NodeName">What people call the machine.</param>
/// <param name="Opens">Every key of the ring.</param>
/// <param name="Sealing">The keys whose moment to seal has come, the newest first: it wants the first that it may have, and if there is none, the newest it opens that it may have.</param>
/// <param name="Coming">The keys whose moment comes soon.</param>
public sealed record VaultKeyReport(string NodeId, string NodeName, IReadOnlyList<string> Opens, IReadOnlyList<string> Sealing, IReadOnlyList<string> Coming)
{
    /// <summary>The same report, which wants none but these keys.</summary>
    /// <param name="seals">Keys the node seals with already, by their prints.</param>
    public VaultKeyReport OnlyWith(IReadOnlyCollection<string> seals) => this with { Sealing = [.. Sealing.Where(seals.Contains)], Coming = [.. Coming.Where(seals.Contains)] };
}
