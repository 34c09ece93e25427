namespace Keyholder.Vault;

/// <summary>Where a node's key ring stands among those of the nodes that run.</summary>
/// <param name="Seals">What the node may seal with; empty when it lacks a key.</param>
/// <param name="HeldBack">Keys of its ring that it does not seal with, with the nodes that do not open them.</param>
/// <param name="Missing">Keys that are not in its ring, with the nodes that seal with them: it cannot open what they write.</param>
/// <param name="Foreign">Keys that are not in its ring, with the nodes that only open them.</param>
public sealed record VaultKeyStanding(
    IReadOnlyList<string> Seals, IReadOnlyList<VaultKeyLack> HeldBack, IReadOnlyList<VaultKeyLack> Missing, IReadOnlyList<VaultKeyLack> Foreign);
