using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Keyholder.Tests.Authorization;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>A person's browser: cookies, forms, and redirects that are followed on Keyholder and shown where they leave it.</summary>
internal sealed class Browser(BrowserCookies cookies) : IDisposable
{
    private readonly HttpClient _http = new(cookies) { BaseAddress = new Uri(AuthorizationHost.Issuer) };

    public BrowserCookies Cookies => cookies;

    /// <summary>The authorization URL of a good request with parameters replaced (null leaves one out).</summary>
    public static string AuthorizeUrl(params (string Name, string? Value)[] changes)
    {
        var pairs = AuthorizationSamples.Pairs();
        foreach (var (name, value) in changes.Prepend(("resource", AuthorizationHost.NotesUri)))
        {
            pairs.RemoveAll(pair => pair.Key == name);
            if (value is not null)
            {
                pairs.Add(new(name, value));
            }
        }

        return "/authorize?" + string.Join('&', pairs.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"));
    }

    public Task<Page> AuthorizeAsync(params (string Name, string? Value)[] changes) => GetAsync(AuthorizeUrl(changes));

    public Task<Page> GetAsync(string url) => SendAsync(new HttpRequestMessage(HttpMethod.Get, AsWritten(url)));


    /// <summary>Submits the page's form with these fields besides its hidden ones.</summary>
    public Task<Page> SubmitAsync(Page page, params (string Name, string Value)[] fields)
    {
        var form = page.Form;
        var values = form.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().Select(input => KeyValuePair.Create(input.Name!, input.Value))
            .Where(hidden => fields.All(field => field.Name != hidden.Key))
            .Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return PostAsync(form.GetAttribute("action")!, values, AuthorizationHost.Issuer);
    }

    public Task<Page> PostAsync(string url, IEnumerable<KeyValuePair<string, string>> fields, string? origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, AsWritten(url)) { Content = new FormUrlEncodedContent(fields) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return SendAsync(request);
    }

    public Task<Page> SignInAsync(Page page, string name = "person1", string password = AuthorizationHost.Password) =>
        SubmitAsync(page, ("username", name), ("password", password));

    public Task<Page> ApproveAsync(Page page) => SubmitAsync(page, ("decision", "approve"));

    /// <summary>Signs in and stops at the consent page.</summary>
    public async Task<Page> ReachConsentAsync(params (string Name, string? Value)[] changes)
    {
        var page = await AuthorizeAsync(changes);
        page = page.Title.StartsWith("Sign in", StringComparison.Ordinal) ? await SignInAsync(page) : page;
        page.Title.ShouldStartWith("Approve access");
        return page;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Attackers' URLs arrive as they are, not as a client library repairs them.</summary>
    private static Uri AsWritten(string url) => new(AuthorizationHost.Issuer + url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private async Task<Page> SendAsync(HttpRequestMessage request)
    {
        for (var hops = 0; hops < 10; hops++)
        {
            using var response = await _http.SendAsync(request);
            var html = await response.Content.ReadAsStringAsync();
            var location = response.Headers.TryGetValues("Location", out var values) ? values.Single() : null;
            if (response.StatusCode != HttpStatusCode.SeeOther || !location!.StartsWith('/'))
            {
                return new Page(response.StatusCode, response.Headers, location, html, new HtmlParser().ParseDocument(html));
            }

            request = new HttpRequestMessage(HttpMethod.Get, AsWritten(location));
        }

        throw new InvalidOperationException("Redirects without end.");
    }
}
