namespace Keyholder.Vault;

/// <summary>
/// The key ring in force, which may change while the server runs. A new key is only read with at first, and seals from its moment on; an envelope that names a key
/// which is not here makes the ring be read again at once, so that a node that was slow to follow does not refuse what another has sealed.
/// </summary>
/// <param name="ring">The ring to begin with.</param>
/// <param name="time">The clock; null = every key of the ring seals already.</param>
/// <param name="read">Reads the ring anew, or gives null after adding problems; null = it never changes.</param>
public sealed class VaultKeySource(VaultKeyRing ring, TimeProvider? time, Func<ICollection<string>, VaultKeyRing?>? read = null)
{
    // Whoever can write envelopes into the database must not be able to keep the disk busy.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile VaultKeyRing _current = ring;
    private DateTimeOffset _missedAt = DateTimeOffset.MinValue;
    private IReadOnlyCollection<string>? _sealable;

    /// <summary>The ring in force. Take it once per operation.</summary>
    public VaultKeyRing Current => _current;

    /// <summary>Whether the ring can change.</summary>
    public bool Follows => read is not null;

    internal VaultKey Sealing => _current.RequireSealingAt(time?.GetUtcNow() ?? DateTimeOffset.MaxValue);

    /// <summary>Reads the ring anew; the one in force stays when that fails, or when the new one holds no key that may seal.</summary>
    /// <param name="problems">Receives what is wrong with the new one.</param>
    /// <returns>Whether another ring is in force now.</returns>
    public bool Reload(ICollection<string> problems)
    {
        lock (_gate)
        {
            if (read?.Invoke(problems) is not { } ring || ring.IsSameAs(_current))
            {
                return false;
            }

            // No running node would open what such a ring seals.
            if (_sealable is { } agreed && !ring.Prints.Any(agreed.Contains))
            {
                problems.Add($"The vault key ring holds none of the keys the running servers seal with ({string.Join(", ", agreed.Select(VaultKeyRing.IdOf))}). If it is meant, start this server again.");
                return false;
            }

            _current = ring.SealingOnlyWith(_sealable);
            return true;
        }
    }

    /// <summary>From now on only keys with these prints seal, whatever the ring, and nothing if it holds none of them; before, all of them do at their moment.</summary>
    public void SealOnlyWith(IReadOnlyCollection<string> prints)
    {
        lock (_gate)
        {
            _sealable = prints;
            _current = _current.SealingOnlyWith(prints);
        }
    }

    internal VaultKey? Find(ReadOnlySpan<byte> mark)
    {
        var known = _current.Find(mark);
        if (known is not null || read is null)
        {
            return known;
        }

        ReloadAfterMiss();
        return _current.Find(mark);
    }

    private void ReloadAfterMiss()
    {
        lock (_gate)
        {
            var now = time?.GetUtcNow() ?? DateTimeOffset.MaxValue;
            if (now - _missedAt < Pause)
            {
                return;
            }

            _missedAt = now;
            Reload([]);
        }
    }
}
