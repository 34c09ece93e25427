using System.Net;
using System.Net.Http.Headers;

namespace Keyholder.Upstream;

/// <summary>
/// The one HTTP client for requests to hosts that a person or a document named. It resolves and checks the address itself and connects
/// to exactly that one; no redirects, proxies, cookies or decompression; bounded in time and size.
/// </summary>
public sealed class GuardedHttp : IDisposable
{
    private const int MaxHeadersKilobytes = 32;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private readonly HttpMessageInvoker _trusted;
    private readonly HttpMessageInvoker _guarded;
    private readonly UpstreamOptions _options;
    private readonly TimeProvider _time;

    /// <summary>A client over real connections.</summary>
    public GuardedHttp(UpstreamOptions options, IHostResolver resolver, TimeProvider time)
        : this(options, Handler(options, null), Handler(options, new GuardedConnector(resolver)), time)
    {
    }

    internal GuardedHttp(UpstreamOptions options, HttpMessageHandler trusted, HttpMessageHandler guarded, TimeProvider time)
    {
        _options = options;
        _time = time;
        _trusted = new HttpMessageInvoker(trusted);
        _guarded = new HttpMessageInvoker(guarded);
    }

    /// <summary>Sends a request and reads the whole answer within <see cref="UpstreamOptions.Timeout"/> and <see cref="UpstreamOptions.MaxResponseBytes"/>.</summary>
    /// <param name="request">The request; its URI has to be allowed by <paramref name="trusted"/>.</param>
    /// <param name="trusted">The origins that may be private or plain http.</param>
    /// <param name="cancellationToken">The caller's; its cancellation is thrown, the time limit is an outcome.</param>
    public async Task<GuardedResponse> SendAsync(HttpRequestMessage request, TrustedOrigins trusted, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } uri || !trusted.Allows(uri))
        {
            return new GuardedResponse(GuardedOutcome.Refused);
        }

        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await (trusted.Contains(uri) ? _trusted : _guarded).SendAsync(request, either.Token);
            return await ReadAsync(response, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new GuardedResponse(GuardedOutcome.TimedOut);
        }
        catch (HttpRequestException e) when (e.InnerException is AddressRefusedException)
        {
            return new GuardedResponse(GuardedOutcome.Refused);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new GuardedResponse(GuardedOutcome.Unreachable);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _trusted.Dispose();
        _guarded.Dispose();
    }

    internal static SocketsHttpHandler Handler(UpstreamOptions options, GuardedConnector? connector) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = MaxHeadersKilobytes,
        ConnectTimeout = options.Timeout,
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectCallback = connector is null ? null : (context, cancellationToken) => connector.ConnectAsync(context.DnsEndPoint, cancellationToken),
    };

    private async Task<GuardedResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (MediaType(response) == "text/event-stream")
        {
            return Answer(response, []); // it may never end, and nobody here reads one
        }

        if (response.Content.Headers.ContentLength > _options.MaxResponseBytes)
        {
            return new GuardedResponse(GuardedOutcome.TooLarge);
        }

        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > _options.MaxResponseBytes)
            {
                return new GuardedResponse(GuardedOutcome.TooLarge);
            }

            body.Write(buffer, 0, read);
        }

        return Answer(response, body.ToArray());
    }

    private GuardedResponse Answer(HttpResponseMessage response, byte[] body) =>
        new(GuardedOutcome.Answered)
        {
            Status = response.StatusCode,
            MediaType = MediaType(response),
            Body = body,
            Challenges = response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenges) ? [.. challenges] : [],
            RetryAfter = Wait(response.Headers.RetryAfter),
            FreshFor = Freshness(response),
        };

    private static string? MediaType(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();

    private TimeSpan? Freshness(HttpResponseMessage response)
    {
        var control = response.Headers.CacheControl;
        if (control is { NoStore: true } or { NoCache: true })
        {
            return TimeSpan.Zero;
        }

        var lifetime = control?.MaxAge ?? (response.Content.Headers.Expires - (response.Headers.Date ?? _time.GetUtcNow()));
        var rest = lifetime - (response.Headers.Age ?? TimeSpan.Zero);
        return rest < TimeSpan.Zero ? TimeSpan.Zero : rest;
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? retryAfter)
    {
        var wait = retryAfter?.Delta ?? (retryAfter?.Date - _time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
