using System.Collections.Concurrent;
using Keyholder.Vault;

namespace Keyholder.Upstream.Discovery;

/// <summary>
/// The scopes upstreams asked for beyond the first (step-up). From then on every connection asks for them; a credential that lacks them is connected again for the same
/// scopes once in <see cref="Pause"/> at most, so that an upstream that is never content costs no endless circle.
/// </summary>
internal sealed class WantedScopes(TimeProvider time)
{
    public static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private const int MaxScopes = 100;
    private const int Capacity = 20_000;
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _byProvider = new();
    private readonly ConcurrentDictionary<CredentialKey, Entry> _byCredential = new();

    /// <summary>What to ask for at a provider beyond what was found.</summary>
    public IReadOnlyList<string> Of(string provider) => _byProvider.GetValueOrDefault(provider, []);

    /// <summary>Notes what an upstream asks for. False when a new connection for these scopes was begun a while ago already, or when it asks for too much.</summary>
    public bool Add(CredentialKey key, IReadOnlyList<string> scopes)
    {
        var wanted = _byProvider.AddOrUpdate(key.Provider, scopes, (_, before) => [.. before.Union(scopes, StringComparer.Ordinal)]);
        if (wanted.Count > MaxScopes)
        {
            _byProvider.TryRemove(key.Provider, out _);
            return false;
        }

        if (_byCredential.Count >= Capacity)
        {
            _byCredential.Clear();
        }

        var now = time.GetUtcNow();
        var begun = false;
        _byCredential.AddOrUpdate(
            key,
            _ =>
            {
                begun = true;
                return new Entry(scopes, now + Pause);
            },
            (_, entry) =>
            {
                begun = now >= entry.Until || scopes.Except(entry.Scopes, StringComparer.Ordinal).Any();
                return begun ? new Entry([.. entry.Scopes.Union(scopes, StringComparer.Ordinal)], now + Pause) : entry;
            });
        return begun;
    }

    private sealed record Entry(IReadOnlyList<string> Scopes, DateTimeOffset Until);
}
