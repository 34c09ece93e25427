using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>
/// Ready authorizations by credential, so that a warm request costs one look-up. An entry is put in with a ticket taken before its row was
/// read: a change of the credential in between makes the ticket void, so that memory never outlives what was just replaced or deleted.
/// </summary>
internal sealed class WarmAuthorizations(int capacity, TimeProvider time)
{
    private const int Stripes = 64;
    private readonly ConcurrentDictionary<CredentialKey, Entry> _entries = new();
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Stripe())];

    public bool TryGet(CredentialKey key, [NotNullWhen(true)] out UpstreamAuthorization? authorization)
    {
        if (_entries.TryGetValue(key, out var entry) && time.GetUtcNow() < entry.Until)
        {
            authorization = entry.Authorization;
            return true;
        }

        authorization = null;
        return false;
    }

    /// <summary>Take it before reading the row.</summary>
    public long Ticket(CredentialKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            return stripe.Epoch;
        }
    }

    /// <summary>Keeps the authorization unless the credential changed since the ticket was taken. When full, everything is forgotten: no entry lives long, and each costs one read to have back.</summary>
    public void Put(CredentialKey key, long ticket, UpstreamAuthorization authorization, DateTimeOffset until)
    {
        if (_entries.Count >= capacity)
        {
            _entries.Clear();
        }

        var stripe = StripeOf(key);
        lock (stripe)
        {
            if (stripe.Epoch == ticket)
            {
                _entries[key] = new Entry(authorization, until);
            }
        }
    }

    public void Forget(CredentialKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            stripe.Epoch++;
            _entries.TryRemove(key, out _);
        }
    }

    private Stripe StripeOf(CredentialKey key) => _stripes[(uint)key.GetHashCode() % Stripes];

    private sealed class Stripe
    {
        public long Epoch { get; set; }
    }

    private sealed record Entry(UpstreamAuthorization Authorization, DateTimeOffset Until);
}
