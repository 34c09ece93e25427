namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>Bytes no honest client sends, in every parameter of every endpoint a stranger can reach: refused as the caller's mistake, never a failure of the server.</summary>
public sealed class HostileParameterTests
{
    private static readonly string[] Values =
    [
        "%00", "a%00b", "%0d%0aSet-Cookie:x=y", "%ED%A0%80", "%C0%80", "%F0%9F%94%91", "%EF%BF%BE", "%E2%80%AE", "%7f", "%", "%zz",
        new string('A', 8192), "%F0%9F%94%91" + new string('A', 42), "javascript:alert(1)", "//evil.example", "-1", "99999999999999999999",
    ];

    private static readonly (string Path, string Method, string[] Names)[] Endpoints =
    [
        ("/authorize", "GET", ["client_id", "redirect_uri", "state", "resource", "scope", "prompt", "max_age", "code_challenge", "code_challenge_method", "response_type", "response_mode", "unknown"]),
        ("/authorize", "POST", ["client_id", "redirect_uri", "state", "scope"]),
        ("/authorize/continue", "GET", ["request"]),
        ("/authorize/sign-in", "POST", ["request", "csrf", "username", "password"]),
        ("/authorize/sign-in/cloud", "GET", ["request"]),
        ("/authorize/consent", "POST", ["request", "csrf", "decision"]),
        ("/upstream/callback", "GET", ["state", "code", "iss", "error"]),
        ("/callback/cloud", "GET", ["state", "code", "iss", "error"]),
        ("/sign-out", "POST", ["csrf"]),
        ("/par", "POST", ["client_id", "client_secret", "client_assertion", "request_uri", "redirect_uri", "state", "resource", "scope", "prompt", "code_challenge"]),
        ("/authorize", "GET", ["request_uri"]),
        ("/token", "POST", ["grant_type", "client_id", "client_secret", "code", "code_verifier", "redirect_uri", "resource", "refresh_token", "scope"]),
    ];

    [Fact]
    public async Task No_parameter_makes_the_server_fail_or_writes_a_header_or_redirects_where_nobody_registered()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var consent = await browser.ReachConsentAsync();
        using var http = new HttpClient(host.Server.CreateHandler()) { BaseAddress = new Uri(AuthorizationHost.Issuer) };
        var cookies = $"__Host-kh_browser={browser.Cookies["__Host-kh_browser"]}; __Host-kh_session={browser.Cookies["__Host-kh_session"]}";
        var csrf = consent.Document.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;

        foreach (var (path, method, names) in Endpoints)
        {
            foreach (var name in names)
            {
                foreach (var value in Values)
                {
                    var fields = Good(path, consent.RequestId, csrf);
                    fields[name] = value;
                    var form = string.Join('&', fields.Select(f => f.Key + "=" + f.Value));
                    using var request = method == "GET"
                        ? new HttpRequestMessage(HttpMethod.Get, new Uri(AuthorizationHost.Issuer + path + "?" + form, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
                        : new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
                    request.Headers.TryAddWithoutValidation("Cookie", cookies).ShouldBeTrue();
                    using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

                    var place = $"{method} {path} {name}={value[..Math.Min(value.Length, 40)]}";
                    ((int)response.StatusCode).ShouldBeLessThan(500, place);
                    response.Headers.TryGetValues("Set-Cookie", out var set);
                    (set ?? []).ShouldAllBe(cookie => cookie.StartsWith("__Host-kh_", StringComparison.Ordinal), place);
                    if (response.Headers.TryGetValues("Location", out var location))
                    {
                        var to = location.Single();
                        (to.StartsWith("/authorize", StringComparison.Ordinal) || to.StartsWith("https://app.example.com/callback?", StringComparison.Ordinal)).ShouldBeTrue(place + " -> " + to);
                    }
                }
            }
        }

        host.Server.Logs.Lines.ShouldNotContain(line => line.Contains("[2101]", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Good(string path, string requestId, string csrf) => path switch
    {
        "/authorize" or "/par" => Browser.AuthorizeUrl()["/authorize?".Length..].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]),
        "/upstream/callback" or "/callback/cloud" => new() { ["state"] = new string('A', 43), ["code"] = "c" },
        "/token" => new() { ["grant_type"] = "refresh_token", ["client_id"] = "client-1", ["refresh_token"] = "kh_rt_x" },
        _ => new() { ["request"] = requestId, ["csrf"] = csrf, ["decision"] = "neither" },
    };
}
