namespace Keyholder.Storage;

/// <summary>A running server, as far as the keys of the vault go. Keys are named by their prints (<see cref="Vault.VaultKeyRing.Prints"/>).</summary>
/// <param name="Id">Unique to the process.</param>
/// <param name="Name">What people call the machine.</param>
/// <param name="Opens">The keys of its ring.</param>
/// <param name="Seals">Those it seals with, now or in a moment: every other node that reported opens them.</param>
/// <param name="ChangedAt">When it began to seal with the latest of them.</param>
public sealed record VaultKeyNode(string Id, string Name, IReadOnlyList<string> Opens, IReadOnlyList<string> Seals, DateTimeOffset ChangedAt);
