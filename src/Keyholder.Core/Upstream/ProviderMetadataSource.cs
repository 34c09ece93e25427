using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Fetches and caches provider metadata: one fetch for concurrent callers, failures remembered for a moment.</summary>
internal sealed class ProviderMetadataSource(GuardedHttp http, UpstreamOptions options, TimeProvider time)
{
    private const int MaxEntries = 256;
    private readonly ConcurrentDictionary<CacheKey, Entry> _cache = new();
    private readonly SingleFlight<CacheKey, Entry> _flights = new();

    /// <summary>The provider's configuration, completed by its metadata where something is missing.</summary>
    public async Task<ProviderMetadataResult> GetAsync(Provider provider, CancellationToken cancellationToken)
    {
        if (ProviderMetadataPolicy.IsConfigured(provider))
        {
            return ProviderMetadataResult.Of(new ProviderMetadata
            {
                Issuer = provider.Issuer,
                AuthorizationEndpoint = provider.AuthorizationEndpoint!,
                TokenEndpoint = provider.TokenEndpoint!,
                RevocationEndpoint = provider.RevocationEndpoint,
            });
        }

        if (provider.Issuer is null)
        {
            return ProviderMetadataResult.Rejected("The provider has neither an issuer nor endpoints.");
        }

        var key = new CacheKey(provider.Name, provider.Kind, provider.Issuer);
        if (!_cache.TryGetValue(key, out var entry) || entry.Until <= time.GetUtcNow())
        {
            entry = await _flights.RunAsync(key, () => LoadAsync(key, provider), cancellationToken);
        }

        return entry.Document is { } document
            ? ProviderMetadataPolicy.Complete(provider, document, TrustedOrigins.Of(provider))
            : entry.Failure!;
    }

    private async Task<Entry> LoadAsync(CacheKey key, Provider provider)
    {
        var (document, failure) = await FetchAsync(provider);
        var entry = new Entry(document, failure, time.GetUtcNow() + (document is null ? options.FailureBackoff : options.MetadataLifetime));
        if (_cache.Count >= MaxEntries)
        {
            _cache.Clear();
        }

        _cache[key] = entry;
        return entry;
    }

    // The first JSON answer decides: trying on after a document that does not fit would let it be shadowed by another one.
    private async Task<(JsonElement? Document, ProviderMetadataResult? Failure)> FetchAsync(Provider provider)
    {
        var trusted = TrustedOrigins.Of(provider);
        ProviderMetadataResult? transient = null;
        foreach (var uri in ProviderMetadataPolicy.WellKnownUris(provider.Issuer!, provider.Kind))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.Accept.ParseAdd("application/json");
            var response = await http.SendAsync(request, trusted, CancellationToken.None);
            if (response.Outcome is GuardedOutcome.Unreachable or GuardedOutcome.TimedOut)
            {
                return (null, ProviderMetadataResult.Unavailable($"The metadata endpoint is {response.Outcome}."));
            }

            if (response is { Outcome: GuardedOutcome.Answered, Status: HttpStatusCode.OK, IsJson: true })
            {
                using var document = StrictJson.ParseObject(response.Body);
                return document is null
                    ? (null, ProviderMetadataResult.Rejected("The metadata is not one strict JSON object."))
                    : (document.RootElement.Clone(), null);
            }

            if (response.Outcome == GuardedOutcome.Answered && ((int)response.Status >= 500 || response.Status == HttpStatusCode.TooManyRequests))
            {
                transient = ProviderMetadataResult.Unavailable($"The metadata endpoint answered {(int)response.Status}.");
            }
        }

        return (null, transient ?? ProviderMetadataResult.Rejected("There is no usable metadata document at any well-known place.") with { Missing = true });
    }

    private readonly record struct CacheKey(string Provider, ProviderKind Kind, string Issuer);

    private sealed record Entry(JsonElement? Document, ProviderMetadataResult? Failure, DateTimeOffset Until);
}
