using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A key of the vault as the API shows it, without the key itself.</summary>
/// <param name="Id">What it is called; null for one that is not in the ring, but named by something sealed.</param>
/// <param name="Mark">How envelopes name it, in hex.</param>
/// <param name="State"><c>seals</c>, <c>opens</c>, <c>pending</c>, <c>held_back</c> (its moment has come, but not every server opens it) or <c>unknown</c>.</param>
/// <param name="SealsFrom">From when on it seals; null = ever since.</param>
/// <param name="WaitsFor">The servers it is held back for.</param>
/// <param name="Sealed">Kind → how much is sealed with it.</param>
internal sealed record KeyDocument(string? Id, string Mark, string State, DateTimeOffset? SealsFrom, IReadOnlyList<string> WaitsFor, IReadOnlyDictionary<string, long> Sealed)
{
    /// <summary>The keys of the ring, oldest first, then those that are missing from it.</summary>
    public static IReadOnlyList<KeyDocument> Of(VaultKeyRing ring, VaultKeyStanding standing, IReadOnlyList<SealedCount> counts, DateTimeOffset now)
    {
        var sealing = ring.SealingIdAt(now);
        var known = ring.Keys.Select(key => Of(key.Id, ring.FindMark(key.Id)!, StateOf(key), key.SealsFrom));
        var missing = counts.Where(count => ring.FindId(count.KeyMark) is null).Select(count => Convert.ToHexStringLower(count.KeyMark)).Distinct()
            .Select(mark => Of(null, Convert.FromHexString(mark), "unknown", null));
        return [.. known, .. missing];

        string StateOf(VaultKeyInfo key) => key.Id == sealing ? "seals" : key.SealsFrom > now ? "pending" : WaitsFor(key.Id).Count > 0 ? "held_back" : "opens";

        IReadOnlyList<string> WaitsFor(string? id) => standing.HeldBack.FirstOrDefault(lack => lack.KeyId == id)?.Nodes ?? [];

        KeyDocument Of(string? id, byte[] mark, string state, DateTimeOffset? sealsFrom) => new(
            id,
            Convert.ToHexStringLower(mark),
            state,
            sealsFrom,
            WaitsFor(id),
            counts.Where(count => count.KeyMark.AsSpan().SequenceEqual(mark)).ToDictionary(count => SealedKinds.NameOf(count.Kind), count => count.Rows));
    }
}
