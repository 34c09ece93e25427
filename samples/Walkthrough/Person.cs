using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Walkthrough;

/// <summary>A person at a browser: keeps cookies, follows redirects, signs in and approves. Reports every page to <paramref name="onPage"/>.</summary>
/// <param name="username">What to type as the user name; empty for somebody who signs in with a virtual key.</param>
/// <param name="password">What to type as the password, or the virtual key.</param>
/// <param name="onPage">Told of each form that is submitted (<c>sign-in</c> or <c>consent</c>) and of each redirect, with its URL.</param>
public sealed class Person(string username, string password, Action<string, Uri> onPage) : IDisposable
{
    private const int MaxSteps = 30;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Dictionary<string, Dictionary<string, string>> _cookies = [];

    /// <summary>Goes through the authorization until the browser would leave for <paramref name="redirectUri"/>, and returns that URL.</summary>
    public async Task<Uri> AuthorizeAsync(Uri authorizationUrl, Uri redirectUri, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, authorizationUrl);
        for (var step = 0; step < MaxSteps; step++)
        {
            var url = request.RequestUri!;
            using var response = await SendAsync(request, cancellationToken);
            if (response.Headers.Location is { } location)
            {
                var next = new Uri(url, location);
                if (next.AbsoluteUri.StartsWith(redirectUri.AbsoluteUri, StringComparison.Ordinal))
                {
                    return next;
                }

                onPage("redirect", next);
                request = new HttpRequestMessage(HttpMethod.Get, next);
                continue;
            }

            var html = await response.Content.ReadAsStringAsync(cancellationToken);
            request = response.IsSuccessStatusCode
                ? FillIn(html, url)
                : throw new InvalidOperationException($"{url.AbsolutePath} answered {(int)response.StatusCode}: {Text(html)}");
        }

        throw new InvalidOperationException($"The sign-in did not end within {MaxSteps} steps.");
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage FillIn(string html, Uri url)
    {
        var document = new HtmlParser().ParseDocument(html);
        var found = (username.Length == 0 ? document.QuerySelector("form:has(input[name=virtual_key])") : null) ?? document.QuerySelector("form");
        if (found is not IHtmlFormElement form)
        {
            throw new InvalidOperationException($"{url.AbsolutePath} has no form: {Text(html)}");
        }

        var fields = new Dictionary<string, string>();
        foreach (var input in form.QuerySelectorAll("input[name]"))
        {
            fields[input.GetAttribute("name")!] = input.GetAttribute("value") ?? "";
        }

        var signIn = fields.ContainsKey("password") || fields.ContainsKey("virtual_key");
        if (fields.ContainsKey("virtual_key"))
        {
            fields["virtual_key"] = password;
        }
        else if (signIn)
        {
            fields["username"] = username;
            fields["password"] = password;
        }
        else if (form.QuerySelector("button[name=decision][value=approve]") is not null)
        {
            fields["decision"] = "approve";
        }

        onPage(signIn ? "sign-in" : "consent", url);
        var action = new Uri(url, form.GetAttribute("action") is { Length: > 0 } relative ? relative : url.AbsoluteUri);
        var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Origin", url.GetLeftPart(UriPartial.Authority));
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var origin = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        if (!_cookies.TryGetValue(origin, out var jar))
        {
            _cookies[origin] = jar = [];
        }

        if (jar.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}")));
        }

        var response = await _http.SendAsync(request, cancellationToken);
        if (response.Headers.TryGetValues("Set-Cookie", out var lines))
        {
            foreach (var pair in lines.Select(l => l.Split(';')[0].Split('=', 2)).Where(p => p.Length == 2))
            {
                jar[pair[0]] = pair[1];
            }
        }

        return response;
    }

    private static string Text(string html)
    {
        var text = new HtmlParser().ParseDocument(html).Body?.Text() ?? "";
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
