using System.Net.Http.Headers;

namespace Keyholder.Tests.Testing;

/// <summary>The cookies of one browser that talks to one host on localhost, where Secure cookies work without TLS. A <c>__Host-</c> cookie without Secure and Path=/, or with a domain, is dropped as browsers do.</summary>
internal sealed class BrowserCookies(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _cookies = new(StringComparer.Ordinal);

    /// <summary>The value of a cookie, or null.</summary>
    public string? this[string name]
    {
        get
        {
            lock (_gate)
            {
                return _cookies.GetValueOrDefault(name);
            }
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Attach(request.Headers);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            foreach (var cookie in cookies)
            {
                Keep(cookie);
            }
        }

        return response;
    }

    private void Attach(HttpRequestHeaders headers)
    {
        lock (_gate)
        {
            if (_cookies.Count > 0 && !headers.Contains("Cookie"))
            {
                headers.Add("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
            }
        }
    }

    private void Keep(string header)
    {
        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        var equals = parts[0].IndexOf('=', StringComparison.Ordinal);
        var (name, value) = (parts[0][..equals], parts[0][(equals + 1)..]);
        var attributes = parts.Skip(1).ToList();
        bool Has(string attribute) => attributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);
        bool Starts(string prefix) => attributes.Any(a => a.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        if (name.StartsWith("__Host-", StringComparison.Ordinal) && (!Has("secure") || !Has("path=/") || Starts("domain=")))
        {
            return;
        }

        var gone = value.Length == 0 || Has("max-age=0") || Starts("expires=Thu, 01 Jan 1970");
        lock (_gate)
        {
            if (gone)
            {
                _cookies.Remove(name);
            }
            else
            {
                _cookies[name] = value;
            }
        }
    }
}
