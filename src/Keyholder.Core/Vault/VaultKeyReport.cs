namespace Keyholder.Vault;

/// <summary>What a server says of its key ring. Keys are named by their prints (<see cref="VaultKeyRing.Prints"/>).</summary>
/// <param name="NodeId">Unique to the process.</param>
/// <param name="NodeName">What people call the machine.</param>
/// <param name="Opens">Every key of the ring.</param>
/// <param name="Sealing">The keys whose moment to seal has come, the newest first: it wants the first that it may have. Never empty.</param>
/// <param name="Coming">The keys whose moment comes soon.</param>
public sealed record VaultKeyReport(string NodeId, string NodeName, IReadOnlyList<string> Opens, IReadOnlyList<string> Sealing, IReadOnlyList<string> Coming);
