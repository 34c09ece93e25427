using System.Security.Cryptography;
using System.Text;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>
/// Exchanges the client's access token for one of the upstream (RFC 8693). An answer is kept, in memory alone, under the hash of the whole token, audience and scope, no
/// longer than either token lives; one exchange for concurrent callers. What is issued can only be narrower than what was asked for.
/// </summary>
public sealed class TokenExchanger(UpstreamClient client, UpstreamOptions options, TimeProvider time, ILogger<TokenExchanger> logger)
{
    private const int Capacity = 20_000;
    private const int JwtDots = 2;
    private readonly ExpiringCache<UpstreamAuthorization> _cache = new(Capacity, time);
    private readonly SingleFlight<string, UpstreamAuthorization> _flights = new();

    /// <summary>The authorization for a request.</summary>
    /// <param name="resource">A resource with <see cref="ResourceAuthKind.TokenExchange"/>.</param>
    /// <param name="accessToken">The validated claims of the token.</param>
    /// <param name="subjectToken">The token itself. Only a JWT that Keyholder issued is ever sent: no virtual key, no placeholder.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public ValueTask<UpstreamAuthorization> AuthorizeAsync(Resource resource, AccessToken accessToken, string subjectToken, CancellationToken cancellationToken)
    {
        if (subjectToken.AsSpan().Count('.') != JwtDots)
        {
            return new(UpstreamAuthorization.Refused);
        }

        var key = KeyOf(resource.Exchange!, subjectToken);
        return _cache.Find(key) is { } authorization
            ? new(authorization)
            : new(_flights.RunAsync(key, () => ExchangeAsync(key, resource.Exchange!, accessToken, subjectToken, renewed: false), cancellationToken));
    }

    /// <summary>After the upstream answered 401 to <paramref name="rejected"/>: exchanged once more, unless that was what was rejected.</summary>
    public async ValueTask<UpstreamAuthorization> ReauthorizeAsync(
        Resource resource, AccessToken accessToken, string subjectToken, UpstreamAuthorization rejected, CancellationToken cancellationToken)
    {
        var key = KeyOf(resource.Exchange!, subjectToken);
        var current = _cache.Find(key);
        if (current is not null && !ReferenceEquals(current, rejected))
        {
            return current;
        }

        if (rejected.Renewed)
        {
            // The upstream refuses every token there is to be had: without a pause each request would cost another exchange.
            _cache.Put(key, UpstreamAuthorization.Refused, options.FailureBackoff);
            return UpstreamAuthorization.Refused;
        }

        _cache.Remove(key);
        return await _flights.RunAsync(key, () => ExchangeAsync(key, resource.Exchange!, accessToken, subjectToken, renewed: true), cancellationToken);
    }

    private async Task<UpstreamAuthorization> ExchangeAsync(string key, TokenExchange exchange, AccessToken accessToken, string subjectToken, bool renewed)
    {
        var result = await AskAsync(exchange, subjectToken);
        var now = time.GetUtcNow();
        if (result.Tokens is { } tokens && IsNarrow(exchange, tokens.Scope))
        {
            var authorization = new UpstreamAuthorization
            {
                Outcome = UpstreamAuthorizationOutcome.Available,
                Headers = [new("Authorization", "Bearer " + tokens.AccessToken)],
                Renewed = renewed,
            };
            _cache.Put(key, authorization, Lifetime(tokens.ExpiresAt, accessToken.ExpiresAt, now));
            return authorization;
        }

        UpstreamLog.ExchangeFailed(logger, exchange.Provider.Name, result.Debug ?? "The token exchange granted more than was asked for.");
        var wait = result.RetryAfter > options.FailureBackoff ? result.RetryAfter.Value : options.FailureBackoff;
        var failure = result.Outcome == TokenEndpointOutcome.Unavailable ? UpstreamAuthorization.Unavailable(wait) : UpstreamAuthorization.Refused;
        _cache.Put(key, failure, wait);
        return failure;
    }

    private async Task<TokenEndpointResult> AskAsync(TokenExchange exchange, string subjectToken)
    {
        var found = await client.Providers.ResolveAsync(exchange.Provider, null, null, CancellationToken.None);
        return found is { Provider: { } provider, Metadata: { } metadata }
            ? await client.Tokens.ExchangeTokenAsync(provider, metadata.TokenEndpoint, exchange, subjectToken, CancellationToken.None)
            : new(found.Outcome == LegOutcome.Unavailable ? TokenEndpointOutcome.Unavailable : TokenEndpointOutcome.Unusable, Debug: found.Debug);
    }

    private TimeSpan Lifetime(DateTimeOffset? issued, DateTimeOffset subject, DateTimeOffset now)
    {
        var until = issued - options.RefreshBefore;
        if (until <= now)
        {
            until = issued; // it lives shorter than the margin
        }

        return (until is { } end && end < subject ? end : subject) - now;
    }

    private static bool IsNarrow(TokenExchange exchange, string? granted) =>
        exchange.Scopes.Count == 0 || granted is null || (Scopes.Parse(granted) is { } scopes && Scopes.Covers(exchange.Scopes, scopes));

    private static string KeyOf(TokenExchange exchange, string subjectToken) => string.Join(
        '\n',
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(subjectToken))),
        exchange.Provider.Name,
        exchange.Audience,
        Scopes.Format(exchange.Scopes),
        exchange.SubjectTokenType.ToString());
}
