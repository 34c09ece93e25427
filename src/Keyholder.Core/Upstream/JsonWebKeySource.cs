using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Upstream;

/// <summary>Fetches and caches the public keys of other parties (RFC 7517). An unknown key id fetches again, at most once per <see cref="MinRefetch"/>.</summary>
internal sealed class JsonWebKeySource(GuardedHttp http, UpstreamOptions options, TimeProvider time)
{
    public static readonly TimeSpan MinRefetch = TimeSpan.FromSeconds(30);
    private const int MaxEntries = 256;
    private const int MinRsaBits = 2048;
    private readonly ConcurrentDictionary<CacheKey, Entry> _cache = new();
    private readonly SingleFlight<CacheKey, Entry> _flights = new();

    /// <summary>The keys that may have signed a token: the ones with that key id, or all when the token names none. Null when there is no usable key set to be had.</summary>
    /// <param name="party">Whose keys they are: the name of a provider, or a client id. Nobody uses what was fetched for another.</param>
    /// <param name="jwksUri">Where they are.</param>
    /// <param name="trusted">The origins that may be private or plain http.</param>
    /// <param name="keyId">The <c>kid</c> of the token; null when it names none.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public async Task<IReadOnlyList<JsonWebKey>?> FindAsync(string party, Uri jwksUri, TrustedOrigins trusted, string? keyId, CancellationToken cancellationToken)
    {
        var key = new CacheKey(party, jwksUri.AbsoluteUri);
        if (!_cache.TryGetValue(key, out var entry) || IsDue(entry, keyId))
        {
            entry = await _flights.RunAsync(key, () => LoadAsync(key, jwksUri, trusted, entry), cancellationToken);
        }

        return IsFresh(entry) ? Matching(entry.Keys, keyId) : null;
    }

    private bool IsFresh(Entry entry) => entry.Keys.Count > 0 && time.GetUtcNow() < entry.FetchedAt + options.MetadataLifetime;

    private bool IsDue(Entry entry, string? keyId)
    {
        var wait = !IsFresh(entry) ? options.FailureBackoff
            : Matching(entry.Keys, keyId).Count == 0 ? MinRefetch
            : Timeout.InfiniteTimeSpan;
        return wait != Timeout.InfiniteTimeSpan && entry.TriedAt + wait <= time.GetUtcNow();
    }

    /// <summary>The keys with that key id, or all.</summary>
    public static List<JsonWebKey> Matching(IReadOnlyList<JsonWebKey> keys, string? keyId) =>
        [.. keys.Where(k => keyId is null || k.Kid == keyId)];

    private async Task<Entry> LoadAsync(CacheKey key, Uri jwksUri, TrustedOrigins trusted, Entry? before)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, jwksUri);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("application/jwk-set+json");
        var response = await http.SendAsync(request, trusted, CancellationToken.None);
        var keys = response is { Outcome: GuardedOutcome.Answered, Status: HttpStatusCode.OK } ? Read(response.Body) : null;
        var now = time.GetUtcNow();
        var entry = keys is not null ? new Entry(keys, now, now) : new Entry(before?.Keys ?? [], before?.FetchedAt ?? now, now);
        if (_cache.Count >= MaxEntries)
        {
            _cache.Clear();
        }

        _cache[key] = entry;
        return entry;
    }

    /// <summary>The keys of a set that can verify signatures; null when it is not a key set.</summary>
    public static List<JsonWebKey>? Read(byte[] body)
    {
        using var document = StrictJson.ParseObject(body);
        if (document is null)
        {
            return null;
        }

        try
        {
            return [.. new JsonWebKeySet(Encoding.UTF8.GetString(body)).Keys.Where(IsUsable)];
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsUsable(JsonWebKey key) =>
        key.Use is null or "" or "sig"
        && (key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve || (key.Kty == JsonWebAlgorithmsKeyTypes.RSA && key.KeySize >= MinRsaBits));

    private readonly record struct CacheKey(string Party, string JwksUri);

    private sealed record Entry(IReadOnlyList<JsonWebKey> Keys, DateTimeOffset FetchedAt, DateTimeOffset TriedAt);
}
