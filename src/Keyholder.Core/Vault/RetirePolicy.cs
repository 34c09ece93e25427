namespace Keyholder.Vault;

/// <summary>When a key may leave the ring, as far as the ring alone can say. Pure.</summary>
public static class RetirePolicy
{
    /// <summary>How long after a key began to seal an envelope of its predecessor may still be written: between the clocks of nodes, and within a request.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>Judges a key at a moment; <see cref="RetireOutcome.InUse"/> is for the database to say.</summary>
    public static RetireOutcome Judge(VaultKeyRing ring, string id, DateTimeOffset now)
    {
        if (ring.Keys.FirstOrDefault(key => key.Id == id) is not { } key)
        {
            return RetireOutcome.NotFound;
        }

        if (ring.SealingIdAt(now) is not { } sealingId)
        {
            return RetireOutcome.Settling;
        }

        var sealing = ring.Keys.First(k => k.Id == sealingId);
        if (key == sealing)
        {
            return RetireOutcome.Sealing;
        }

        var pending = key.SealsFrom > now;
        var settled = pending ? key.SealsFrom > now + Settling : sealing.SealsFrom is null || sealing.SealsFrom <= now - Settling;
        return settled ? RetireOutcome.MayRetire : RetireOutcome.Settling;
    }
}
