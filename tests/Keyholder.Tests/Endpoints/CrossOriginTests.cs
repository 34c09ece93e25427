using Keyholder.Tests.Endpoints.Authorization;

namespace Keyholder.Tests.Endpoints;

/// <summary>Which answers a web page of another origin may read.</summary>
public sealed class CrossOriginTests
{
    private const string Page = "https://app.example";

    [Theory]
    [InlineData("/token", "POST", true)]
    [InlineData("/register", "POST", true)]
    [InlineData("/.well-known/jwks.json", "GET", true)]
    [InlineData("/authorize", "GET", false)]
    [InlineData("/authorize", "POST", false)]
    [InlineData("/authorize/continue", "GET", false)]
    [InlineData("/authorize/sign-in", "POST", false)]
    [InlineData("/authorize/consent", "POST", false)]
    [InlineData("/upstream/callback", "GET", false)]
    [InlineData("/callback/cloud", "GET", false)]
    [InlineData("/sign-out", "POST", false)]
    [InlineData("/", "GET", false)]
    public async Task Foreign_pages_read_what_has_no_cookies_and_nothing_else(string path, string method, bool readable)
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var http = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
        preflight.Headers.Add("Origin", Page);
        preflight.Headers.Add("Access-Control-Request-Method", method);
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", Page);

        using var allowed = await http.SendAsync(preflight, TestContext.Current.CancellationToken);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        foreach (var response in new[] { allowed, answer })
        {
            response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins);
            (origins ?? []).ShouldBe(readable ? ["*"] : []);
            response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        }
    }
}
