using System.Collections.Concurrent;
using Keyholder.Storage;

namespace Keyholder.VirtualKeys;

/// <summary>When virtual keys were used: collected in memory, written down together from time to time, so that a use costs no write.</summary>
public sealed class VirtualKeyUses(IVirtualKeyStore store, TimeProvider time)
{
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);
    private ConcurrentDictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);

    /// <summary>The key is used now.</summary>
    public void Touch(string keyId)
    {
        var now = time.GetUtcNow();
        var uses = Volatile.Read(ref _uses);
        if (!uses.TryGetValue(keyId, out var last) || now - last >= Precision)
        {
            uses[keyId] = now;
        }
    }

    /// <summary>Writes down what was collected. What cannot be written is kept for the next time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = Interlocked.Exchange(ref _uses, new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal));
        if (uses.IsEmpty)
        {
            return;
        }

        try
        {
            await store.TouchAsync(uses, cancellationToken);
        }
        catch
        {
            foreach (var (keyId, at) in uses)
            {
                Volatile.Read(ref _uses).TryAdd(keyId, at);
            }

            throw;
        }
    }
}
