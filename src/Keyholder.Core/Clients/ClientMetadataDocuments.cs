using System.Net;
using Keyholder.Upstream;
using Microsoft.Extensions.Logging;

namespace Keyholder.Clients;

/// <summary>
/// Fetches clients from the URLs that are their ids. Anyone can name a URL, so every fetch goes through the guard, few are under way at once, one at a time per document, and
/// what failed is not tried again for a moment. Failures are kept apart from documents: made-up ids displace no client.
/// </summary>
public sealed partial class ClientMetadataDocuments : IDisposable
{
    private const int CacheCapacity = 2048;
    private const int MaxFetches = 32;
    private static readonly TimeSpan FailureLifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);

    private readonly ClientMetadataDocumentOptions _options;
    private readonly bool _allowPrivateUseSchemes;
    private readonly GuardedHttp _http;
    private readonly TimeProvider _time;
    private readonly ILogger<ClientMetadataDocuments> _logger;
    private readonly ExpiringCache<Client> _clients;
    private readonly ExpiringCache<string> _failures;
    private readonly SingleFlight<string, Client?> _flights = new();
    private readonly SemaphoreSlim _slots = new(MaxFetches, MaxFetches);

    /// <summary>Fetches over real connections.</summary>
    public ClientMetadataDocuments(
        ClientMetadataDocumentOptions options, ClientRegistrationOptions registration, IHostResolver resolver, TimeProvider time, ILogger<ClientMetadataDocuments> logger)
        : this(options, registration, new GuardedHttp(Limits(options), resolver, time), time, logger)
    {
    }

    internal ClientMetadataDocuments(
        ClientMetadataDocumentOptions options, ClientRegistrationOptions registration, GuardedHttp http, TimeProvider time, ILogger<ClientMetadataDocuments> logger)
    {
        _options = options;
        _allowPrivateUseSchemes = registration.AllowPrivateUseSchemes;
        _http = http;
        _time = time;
        _logger = logger;
        _clients = new(CacheCapacity, time);
        _failures = new(CacheCapacity, time);
    }

    /// <summary>The limits of one fetch.</summary>
    internal static UpstreamOptions Limits(ClientMetadataDocumentOptions options) =>
        new() { Timeout = options.Timeout, MaxResponseBytes = ClientMetadataDocumentReader.MaxBytes };

    /// <summary>Whether that client id is the URL of a document that may be fetched here.</summary>
    public bool Accepts(string clientId) =>
        _options is { Enabled: true, Fetch: true }
        && !_options.Copies.ContainsKey(clientId)
        && ClientMetadataDocumentPolicy.IsDocumentUrl(clientId, _options.AllowLoopback)
        && ClientMetadataDocumentPolicy.IsAllowed(clientId, _options.AllowedDomains);

    /// <summary>Whether finding the client needs no fetch.</summary>
    public bool IsKnown(string url) => _clients.Find(url) is not null || _failures.Find(url) is not null;

    /// <summary>The client as its document said lately; null when it would have to be fetched.</summary>
    public Client? FindFetched(string url) => _clients.Find(url);

    /// <summary>The client as its document says now or said lately; null, with the reason in the log, when there is no usable document.</summary>
    /// <param name="url">A client id that <see cref="Accepts"/>.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public ValueTask<Client?> FindAsync(string url, CancellationToken cancellationToken)
    {
        if (_clients.Find(url) is { } client)
        {
            return new(client);
        }

        return _failures.Find(url) is not null ? new((Client?)null) : new(_flights.RunAsync(url, () => FetchAsync(url), cancellationToken));
    }

    /// <summary>Reads a document that was kept for when it cannot be fetched; null when the rules no longer accept it.</summary>
    public Client? Recall(ReadOnlyMemory<byte> document, string url)
    {
        var client = ClientMetadataDocumentReader.Read(document, url, _allowPrivateUseSchemes, _options.AllowLoopback, _time.GetUtcNow());
        return client.Failed ? null : client.Value;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _http.Dispose();
        _slots.Dispose();
    }

    private async Task<Client?> FetchAsync(string url)
    {
        if (!_slots.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            LogFailed(url, "too many other documents are being fetched");
            return null;
        }

        try
        {
            var (client, lifetime, problem) = await TryFetchAsync(url);
            if (client is not null)
            {
                _clients.Put(url, client, lifetime);
                return client;
            }

            _failures.Put(url, problem!, FailureLifetime);
            LogFailed(url, problem!);
            return null;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<(Client? Client, TimeSpan Lifetime, string? Problem)> TryFetchAsync(string url)
    {
        var uri = new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Accept.ParseAdd("application/json");
        var response = await _http.SendAsync(request, _options.AllowLoopback && RedirectUriPolicy.IsLoopback(url) ? TrustedOrigins.Only(uri) : TrustedOrigins.None, CancellationToken.None);
        if (response.Outcome != GuardedOutcome.Answered)
        {
            return (null, default, $"the request was {response.Outcome}");
        }

        if (response.Status != HttpStatusCode.OK || !IsJson(response.MediaType))
        {
            return (null, default, $"the answer was {(int)response.Status} {response.MediaType}");
        }

        var client = ClientMetadataDocumentReader.Read(response.Body, url, _allowPrivateUseSchemes, _options.AllowLoopback, _time.GetUtcNow());
        return client.Failed
            ? (null, default, client.Error.Description)
            : (client.Value, Clamp(response.FreshFor ?? DefaultLifetime), null);
    }

    private static bool IsJson(string? mediaType) => mediaType is "application/json" || mediaType?.EndsWith("+json", StringComparison.Ordinal) == true;

    private static TimeSpan Clamp(TimeSpan lifetime) => lifetime < MinLifetime ? MinLifetime : lifetime > MaxLifetime ? MaxLifetime : lifetime;

    [LoggerMessage(1003, LogLevel.Warning, "The metadata document of client {ClientId} cannot be used: {Reason}")]
    private partial void LogFailed(string clientId, string reason);
}
