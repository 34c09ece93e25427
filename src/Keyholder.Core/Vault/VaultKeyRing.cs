using System.Security.Cryptography;

namespace Keyholder.Vault;

/// <summary>The keys the vault seals with: new envelopes use the newest that seals already, old ones open with any. Immutable.</summary>
public sealed class VaultKeyRing
{
    private readonly VaultKey[] _keys;

    // In the order of the keys: whether it may seal. Null = every one.
    private readonly bool[]? _sealable;

    internal VaultKeyRing(IEnumerable<VaultKey> keys) => _keys = [.. keys];

    private VaultKeyRing(VaultKey[] keys, IReadOnlyCollection<string>? sealable) =>
        (_keys, _sealable) = (keys, sealable is null ? null : [.. keys.Select(key => sealable.Contains(key.Print))]);

    /// <summary>The ids, oldest first.</summary>
    public IReadOnlyList<string> KeyIds => [.. _keys.Select(k => k.Id)];

    /// <summary>The keys, oldest first, without what is secret of them.</summary>
    public IReadOnlyList<VaultKeyInfo> Keys => [.. _keys.Select(k => new VaultKeyInfo(k.Id, k.SealsFrom))];

    /// <summary>What nodes compare their rings by, oldest first: a key's id, a colon, and a derivative of its secret that says nothing about it.</summary>
    public IReadOnlyList<string> Prints => [.. _keys.Select(k => k.Print)];

    /// <summary>Whether the other ring has the same keys: ids, secrets and moments.</summary>
    internal bool IsSameAs(VaultKeyRing other) =>
        Keys.SequenceEqual(other.Keys) && _keys.Zip(other._keys).All(pair => CryptographicOperations.FixedTimeEquals(pair.First.Secret, pair.Second.Secret));

    internal VaultKey Newest => _keys[^1];

    /// <summary>
    /// Reads a ring from text: one <c>id:key</c> per line, oldest first and newest last; blank lines and lines that begin with <c>#</c> are skipped. A key is
    /// exactly 32 bytes in canonical base64 or in hex. A moment behind it (<c>id:key 2030-12-31T23:59:59Z</c>) says from when on it seals.
    /// </summary>
    /// <param name="text">The text of a key file or environment variable.</param>
    /// <param name="problems">Receives every problem found, each naming its line and never showing a key.</param>
    /// <returns>The ring, or null when there was any problem.</returns>
    public static VaultKeyRing? Parse(string text, ICollection<string> problems)
    {
        var before = problems.Count;
        var keys = new List<VaultKey>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length > 0 && line[0] != '#' && VaultKeyLine.Parse(line, number, problems) is { } key)
            {
                keys.Add(key);
            }
        }

        AddConflicts(keys, problems);
        if (keys.Count == 0 && problems.Count == before)
        {
            problems.Add("The vault key ring holds no key. It needs at least one line of the form id:key.");
        }

        return problems.Count == before ? new VaultKeyRing(keys) : null;
    }

    /// <summary>The id of the key with that print.</summary>
    public static string IdOf(string print) => print[..print.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The print of a key that is in the ring.</summary>
    public string PrintOf(string id) => _keys.First(key => key.Id == id).Print;

    /// <summary>The same ring, of which only keys with these prints seal; null = all.</summary>
    public VaultKeyRing SealingOnlyWith(IReadOnlyCollection<string>? prints) => new(_keys, prints);

    /// <summary>The prints of the keys whose moment has come, newest first (never empty), and of those whose moment comes within a time.</summary>
    public (IReadOnlyList<string> Sealing, IReadOnlyList<string> Coming) WantedAt(DateTimeOffset now, TimeSpan ahead)
    {
        var sealing = _keys.Where((key, i) => HasCome(i, now)).Reverse().Select(key => key.Print);
        var coming = _keys.Where((key, i) => !HasCome(i, now) && HasCome(i, now + ahead)).Select(key => key.Print);
        return ([.. sealing], [.. coming]);
    }

    /// <summary>The id of the key that seals at a moment; null when none of the ring may.</summary>
    public string? SealingIdAt(DateTimeOffset now) => SealingAt(now)?.Id;

    /// <summary>The id of the key an envelope names by its mark; null when it is not in the ring.</summary>
    public string? FindId(ReadOnlySpan<byte> mark) => Find(mark)?.Id;

    /// <summary>The mark of a key in envelopes; null when there is none of that id.</summary>
    public byte[]? FindMark(string id) => _keys.FirstOrDefault(key => key.Id == id)?.Mark;

    /// <summary>Whether there are keys that sealed before the one that does at a moment.</summary>
    public bool HasSupersededAt(DateTimeOffset now) => SealingAt(now) is { } sealing && sealing != _keys[0];

    /// <summary>The keys that sealed before the one that does.</summary>
    /// <exception cref="InvalidOperationException">None may seal.</exception>
    internal IReadOnlyList<VaultKey> SupersededAt(DateTimeOffset now)
    {
        var sealing = RequireSealingAt(now);
        return [.. _keys.TakeWhile(key => key != sealing)];
    }

    /// <summary>
    /// The newest key whose moment has come and that may seal; until any has, the first. When none of both may, one that may comes before one whose moment has come, for what cannot
    /// be opened everywhere is worse than what is sealed with another key than the newest. Null when none may.
    /// </summary>
    internal VaultKey? SealingAt(DateTimeOffset now)
    {
        VaultKey? coming = null;
        for (var i = _keys.Length - 1; i >= 0; i--)
        {
            if (_sealable is not null && !_sealable[i])
            {
                continue;
            }

            if (HasCome(i, now))
            {
                return _keys[i];
            }

            coming ??= _keys[i];
        }

        return coming;
    }

    /// <summary>As <see cref="SealingAt"/>.</summary>
    /// <exception cref="InvalidOperationException">None may seal.</exception>
    internal VaultKey RequireSealingAt(DateTimeOffset now) =>
        SealingAt(now) ?? throw new InvalidOperationException("No key of the vault key ring is one that the running servers agreed to seal with, so nothing is sealed.");

    // The first key has always come: something has to seal.
    private bool HasCome(int index, DateTimeOffset now) => index == 0 || _keys[index].SealsFrom is not { } from || from <= now;

    internal VaultKey? Find(ReadOnlySpan<byte> mark)
    {
        foreach (var key in _keys)
        {
            if (mark.SequenceEqual(key.Mark))
            {
                return key;
            }
        }

        return null;
    }

    /// <inheritdoc />
    public override string ToString() => $"vault key ring of {_keys.Length}";

    private static void AddConflicts(List<VaultKey> keys, ICollection<string> problems)
    {
        for (var i = 1; i < keys.Count; i++)
        {
            foreach (var earlier in keys.Take(i))
            {
                if (earlier.Mark.AsSpan().SequenceEqual(keys[i].Mark))
                {
                    problems.Add($"The vault key ring names the key id '{keys[i].Id}' twice. Every id has to be unique.");
                }
                else if (CryptographicOperations.FixedTimeEquals(earlier.Secret, keys[i].Secret))
                {
                    problems.Add($"The vault keys '{earlier.Id}' and '{keys[i].Id}' are the same key. A new id needs a new key.");
                }
            }
        }
    }
}
