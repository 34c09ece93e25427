using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>
/// Opened credentials, so that using one again costs no read. An entry is put in with a ticket taken before its row was read: a change of the
/// credential in between makes the ticket void, so that memory never outlives what was just replaced or deleted.
/// </summary>
internal sealed class WarmCredentials(int capacity, TimeProvider time)
{
    private const int Stripes = 64;
    private readonly ConcurrentDictionary<CredentialKey, WarmCredential> _entries = new();
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Stripe())];

    public bool TryGet(CredentialKey key, [NotNullWhen(true)] out WarmCredential? credential) =>
        _entries.TryGetValue(key, out credential) && credential.IsGood(time.GetUtcNow());

    /// <summary>Take it before reading the row.</summary>
    public long Ticket(CredentialKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            return stripe.Epoch;
        }
    }

    /// <summary>Keeps it unless the credential changed since the ticket was taken. When full, everything is forgotten: no entry lives long, and each costs one read to have back.</summary>
    /// <returns>The entry; void already when it was not kept.</returns>
    public WarmCredential Put(CredentialKey key, long ticket, CredentialAuthorization authorization, DateTimeOffset until)
    {
        if (_entries.Count >= capacity)
        {
            foreach (var known in _entries.Keys)
            {
                Remove(known);
            }
        }

        var entry = new WarmCredential(authorization, until);
        var stripe = StripeOf(key);
        lock (stripe)
        {
            if (stripe.Epoch == ticket)
            {
                Remove(key);
                _entries[key] = entry;
            }
            else
            {
                entry.Void();
            }
        }

        return entry;
    }

    public void Forget(CredentialKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            stripe.Epoch++;
            Remove(key);
        }
    }

    /// <summary>Forgets everything, and makes every ticket void.</summary>
    public void Clear()
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                stripe.Epoch++;
                foreach (var known in _entries.Keys.Where(key => StripeOf(key) == stripe))
                {
                    Remove(known);
                }
            }
        }
    }

    private void Remove(CredentialKey key)
    {
        if (_entries.TryRemove(key, out var entry))
        {
            entry.Void();
        }
    }

    private Stripe StripeOf(CredentialKey key) => _stripes[(uint)key.GetHashCode() % Stripes];

    private sealed class Stripe
    {
        public long Epoch { get; set; }
    }
}
