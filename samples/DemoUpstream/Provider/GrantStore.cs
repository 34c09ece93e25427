using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>Codes and tokens of the provider, in memory under one lock.</summary>
internal sealed class GrantStore(TimeProvider clock, DemoUpstreamOptions options, DemoCounters counters)
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Code> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccessToken> _accessTokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RefreshToken> _refreshTokens = new(StringComparer.Ordinal);
    private readonly List<RefreshRecord> _refreshes = [];
    private readonly Dictionary<DemoAuthorization, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>Every refresh that succeeded, in order.</summary>
    public IReadOnlyList<RefreshRecord> Refreshes
    {
        get
        {
            lock (_gate) return [.. _refreshes];
        }
    }

    public string AddCode(CodeRequest request)
    {
        var code = Opaque.New(Opaque.CodePrefix);
        lock (_gate) _codes.Add(code, new Code(request, clock.GetUtcNow() + CodeLifetime));
        return code;
    }

    /// <summary>Exchanges a code, once. A second valid use kills everything the first one gave (RFC 6749 section 4.1.2).</summary>
    public TokenSet? Redeem(string value, Func<CodeRequest, bool> matches, bool withRefreshToken)
    {
        lock (_gate)
        {
            if (!_codes.TryGetValue(value, out var code) || !matches(code.Request) || code.Expires <= clock.GetUtcNow()) return null;
            if (code.Used)
            {
                Kill(code.Request.Authorization);
                return null;
            }

            code.Used = true;
            return Issue(code.Request.Authorization, withRefreshToken);
        }
    }

    /// <summary>Uses a refresh token. With rotation it dies, and a second use after <paramref name="forgiven"/> kills its whole authorization.</summary>
    public TokenSet? Refresh(string value, string clientId, bool rotate, TimeSpan forgiven)
    {
        lock (_gate)
        {
            if (!_refreshTokens.TryGetValue(value, out var token) || token.Authorization.ClientId != clientId) return null;
            var now = clock.GetUtcNow();
            var repeated = token.UsedAt is not null;
            if (repeated && now - token.UsedAt >= forgiven)
            {
                counters.Add(DemoCounter.RefreshTokenReuses);
                Kill(token.Authorization);
                return null;
            }

            if (repeated) counters.Add(DemoCounter.RefreshTokenRepeats);
            if (rotate) token.UsedAt ??= now;
            _refreshes.Add(new RefreshRecord(NumberOf(token.Authorization), now, repeated));
            return Issue(token.Authorization, withRefreshToken: rotate);
        }
    }

    public DemoAuthorization? FindByAccessToken(string value)
    {
        lock (_gate)
            return _accessTokens.TryGetValue(value, out var token) && token.Expires > clock.GetUtcNow() ? token.Authorization : null;
    }

    /// <summary>Revokes a token of this client (RFC 7009); a refresh token takes its authorization along. False when there is nothing to revoke.</summary>
    public bool Revoke(string value, string clientId)
    {
        lock (_gate)
        {
            if (_accessTokens.TryGetValue(value, out var access) && access.Authorization.ClientId == clientId)
                return _accessTokens.Remove(value);

            if (!_refreshTokens.TryGetValue(value, out var refresh) || refresh.Authorization.ClientId != clientId) return false;
            Kill(refresh.Authorization);
            return true;
        }
    }

    /// <summary>Makes every access token invalid at once; answers how many there were.</summary>
    public int ExpireAccessTokens()
    {
        lock (_gate) return Drop(_accessTokens);
    }

    /// <summary>Makes every refresh token unknown at once; answers how many there were.</summary>
    public int RevokeRefreshTokens()
    {
        lock (_gate) return Drop(_refreshTokens);
    }

    public void Clear()
    {
        lock (_gate)
        {
            _codes.Clear();
            _accessTokens.Clear();
            _refreshTokens.Clear();
            _refreshes.Clear();
            _numbers.Clear();
        }
    }

    private TokenSet Issue(DemoAuthorization authorization, bool withRefreshToken)
    {
        var access = Opaque.New(Opaque.AccessTokenPrefix);
        _accessTokens.Add(access, new AccessToken(authorization, clock.GetUtcNow() + options.AccessTokenLifetime));
        if (!withRefreshToken) return new TokenSet(authorization, access, null);

        var refresh = Opaque.New(Opaque.RefreshTokenPrefix);
        _refreshTokens.Add(refresh, new RefreshToken(authorization));
        return new TokenSet(authorization, access, refresh);
    }

    private int NumberOf(DemoAuthorization authorization)
    {
        _numbers.TryAdd(authorization, _numbers.Count + 1);
        return _numbers[authorization];
    }

    private void Kill(DemoAuthorization authorization)
    {
        foreach (var (value, _) in _accessTokens.Where(entry => ReferenceEquals(entry.Value.Authorization, authorization)).ToList())
            _accessTokens.Remove(value);
        foreach (var (value, _) in _refreshTokens.Where(entry => ReferenceEquals(entry.Value.Authorization, authorization)).ToList())
            _refreshTokens.Remove(value);
    }

    private static int Drop<T>(Dictionary<string, T> tokens)
    {
        var count = tokens.Count;
        tokens.Clear();
        return count;
    }

    private sealed class Code(CodeRequest request, DateTimeOffset expires)
    {
        public CodeRequest Request => request;
        public DateTimeOffset Expires => expires;
        public bool Used { get; set; }
    }

    private sealed record AccessToken(DemoAuthorization Authorization, DateTimeOffset Expires);

    private sealed class RefreshToken(DemoAuthorization authorization)
    {
        public DemoAuthorization Authorization => authorization;
        public DateTimeOffset? UsedAt { get; set; }
    }
}
