using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keyholder.Clients;
using Keyholder.Tests.Authorization;
using AuthorizationOptions = Keyholder.Authorization.AuthorizationOptions;

namespace Keyholder.Tests.Endpoints.Authorization;

public sealed class PushedAuthorizationRequestTests
{
    [Fact]
    public async Task A_pushed_request_leads_to_the_same_session_whatever_else_the_url_says()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var (status, pushed) = await PushAsync(host, Request());
        status.ShouldBe(HttpStatusCode.Created);
        pushed.GetProperty("expires_in").GetInt32().ShouldBe(60);

        var page = await browser.GetAsync(Url(pushed) + "&scope=notes%3Aadmin&redirect_uri=https%3A%2F%2Fevil.example%2F&state=evil&code_challenge=x");
        page = await browser.ApproveAsync(await browser.SignInAsync(page));

        page.Location.ShouldStartWith(AuthorizationSamples.RedirectUri);
        page.Query("state").ShouldBe("xyz");
        (await host.FindSessionAsync(page.Query("code")!)).Scopes.ShouldBe(["notes:read"]);
    }

    [Fact]
    public async Task A_reference_counts_once_for_a_minute_and_for_its_client()
    {
        await using var host = await AuthorizationHost.StartAsync();
        host.Clients["client-2"] = AuthorizationSamples.App with { Id = "client-2" };
        using var browser = host.CreateBrowser();
        var (_, first) = await PushAsync(host, Request());

        (await browser.GetAsync(Url(first, "client-2"))).ErrorId.ShouldBe("authorize_request_uri_unknown");
        (await browser.GetAsync(Url(first))).Title.ShouldStartWith("Sign in");
        (await browser.GetAsync(Url(first))).ErrorId.ShouldBe("authorize_request_uri_unknown");

        var (_, second) = await PushAsync(host, Request());
        host.Time.Advance(TimeSpan.FromSeconds(60));
        (await browser.GetAsync(Url(second))).ErrorId.ShouldBe("authorize_request_uri_unknown");
    }

    [Theory]
    [InlineData(ClientSource.Dynamic, HttpStatusCode.TooManyRequests)]
    [InlineData(ClientSource.MetadataDocument, HttpStatusCode.TooManyRequests)]
    [InlineData(ClientSource.Configured, HttpStatusCode.TooManyRequests)]
    [InlineData(ClientSource.Configured, HttpStatusCode.Created, true)]
    public async Task A_client_anybody_could_have_made_or_could_name_pushes_so_often_a_minute(ClientSource source, HttpStatusCode fourth, bool authenticates = false)
    {
        const string Secret = "a-secret-of-the-client-that-nobody-knows";
        await using var host = await AuthorizationHost.StartAsync(new AuthorizationOptions { RequestsPerAddressPerMinute = 3 });
        host.Clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App with
        {
            Source = source,
            TokenEndpointAuthMethod = authenticates ? ClientAuthMethods.SecretPost : "none",
            SecretHash = authenticates ? ClientSecret.Hash(Secret) : null,
        };
        var request = authenticates ? Request(("client_secret", Secret)) : Request();
        for (var i = 0; i < 3; i++)
        {
            (await PushAsync(host, request)).Status.ShouldBe(HttpStatusCode.Created);
        }

        (await PushAsync(host, request)).Status.ShouldBe(fourth);

        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await PushAsync(host, request)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:request_uri:")]
    [InlineData("urn:ietf:params:oauth:request_uri:abc")]
    [InlineData("urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_made_up_reference_is_a_page(string reference)
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();

        (await browser.GetAsync($"/authorize?client_id=client-1&request_uri={reference}")).ErrorId.ShouldBe("authorize_request_uri_unknown");
    }

    [Fact]
    public async Task A_repeated_reference_or_client_is_a_page_and_uses_nothing_up()
    {
        await using var host = await AuthorizationHost.StartAsync();
        using var browser = host.CreateBrowser();
        var (_, pushed) = await PushAsync(host, Request());

        (await browser.GetAsync(Url(pushed) + "&client_id=client-1")).ErrorId.ShouldBe("authorize_parameter_repeated");
        (await browser.GetAsync(Url(pushed) + "&request_uri=x")).ErrorId.ShouldBe("authorize_parameter_repeated");
        (await browser.GetAsync(Url(pushed))).Title.ShouldStartWith("Sign in");
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/cb", "invalid_request")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid_request")]
    [InlineData("request", "a.b.c", "request_not_supported")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("scope", "notes:unknown", "invalid_scope")]
    [InlineData("resource", "https://other.example", "invalid_target")]
    [InlineData("client_id", "nobody", "invalid_client")]
    [InlineData("client_secret", "guess", "invalid_client")]
    public async Task What_the_authorization_endpoint_would_refuse_is_refused_at_once(string name, string? value, string error)
    {
        await using var host = await AuthorizationHost.StartAsync();

        var (status, answer) = await PushAsync(host, Request((name, value)));

        status.ShouldBe(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest);
        answer.GetProperty("error").GetString().ShouldBe(error);
    }

    [Fact]
    public async Task A_repeated_parameter_and_an_endless_request_are_refused()
    {
        await using var host = await AuthorizationHost.StartAsync();

        (await PushAsync(host, [.. Request(), new("scope", "notes:write")])).Answer.GetProperty("error").GetString().ShouldBe("invalid_request");
        (await PushAsync(host, Request(("login_hint", new string('a', 8 * 1024))))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_confidential_client_has_to_authenticate_and_its_secret_goes_no_further()
    {
        const string Secret = "a-secret-of-the-client-that-nobody-knows";
        await using var host = await AuthorizationHost.StartAsync();
        host.Clients["client-1"] = AuthorizationSamples.App with { TokenEndpointAuthMethod = ClientAuthMethods.SecretBasic, SecretHash = ClientSecret.Hash(Secret) };

        (await PushAsync(host, Request())).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PushAsync(host, Request(("client_secret", Secret)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("client-1:" + Secret)));
        (await PushAsync(host, Request(("client_id", null)), basic)).Status.ShouldBe(HttpStatusCode.Created);
        host.OwnLogs.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Where_pushing_is_required_nothing_else_goes_and_the_metadata_says_so()
    {
        await using var host = await AuthorizationHost.StartAsync(new AuthorizationOptions { RequirePushedRequests = true });
        using var browser = host.CreateBrowser();

        (await browser.AuthorizeAsync()).Query("error").ShouldBe("invalid_request");
        var (_, pushed) = await PushAsync(host, Request());
        (await browser.GetAsync(Url(pushed))).Title.ShouldStartWith("Sign in");
        (await host.Server.CreateClient().GetStringAsync("/.well-known/oauth-authorization-server")).ShouldContain("\"require_pushed_authorization_requests\":true");
    }

    private static List<KeyValuePair<string, string?>> Request(params (string Name, string? Value)[] changes)
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

        return pairs;
    }

    private static string Url(JsonElement pushed, string client = "client-1") =>
        $"/authorize?client_id={client}&request_uri={Uri.EscapeDataString(pushed.GetProperty("request_uri").GetString()!)}";

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PushAsync(
        AuthorizationHost host, IEnumerable<KeyValuePair<string, string?>> pairs, AuthenticationHeaderValue? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/par") { Content = new FormUrlEncodedContent(pairs) };
        request.Headers.Authorization = authorization;
        using var response = await host.Server.CreateClient().SendAsync(request);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, json.RootElement.Clone());
    }
}
