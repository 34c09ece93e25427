using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Keyholder.Clients;
using Keyholder.Storage;
using Keyholder.Tests.Endpoints.Authorization;
using Keyholder.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

public sealed class ClientConfigurationEndpointsTests : IAsyncLifetime
{
    private const string Redirect = "https://app.example.com/callback";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private AuthorizationHost _host = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await AuthorizationHost.StartAsync(services: services => services.AddSingleton<IClientDirectory>(provider => provider.GetRequiredService<ClientDirectory>()));
        _http = _host.Server.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_client_reads_what_it_registered_where_the_registration_said()
    {
        var registered = await RegisterAsync();
        registered["registration_client_uri"]!.GetValue<string>().ShouldBe($"{AuthorizationHost.Issuer}/register/{Id(registered)}");

        using var response = await SendAsync(HttpMethod.Get, registered);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await JsonAsync(response)).ToJsonString().ShouldBe(registered.ToJsonString());
    }

    [Fact]
    public async Task Neither_the_token_nor_a_secret_is_stored_or_logged_in_clear()
    {
        var registered = await RegisterAsync(("token_endpoint_auth_method", "client_secret_post"));
        using var read = await SendAsync(HttpMethod.Get, registered);
        using var wrong = await SendAsync(HttpMethod.Get, registered, token: Token(registered) + "x");

        (await read.Content.ReadAsStringAsync()).ShouldNotContain("client_secret\"");
        var stored = (await _host.Get<IClientStore>().FindAsync(Id(registered), CancellationToken.None)).ShouldNotBeNull();
        stored.RegistrationTokenHash.ShouldBe(ClientSecret.Hash(Token(registered)));
        _host.Server.Logs.ToString()!.ShouldNotContain(Token(registered));
    }

    [Fact]
    public async Task A_wrong_token_an_unknown_client_and_another_clients_token_are_told_apart_by_nobody()
    {
        var registered = await RegisterAsync();
        var other = await RegisterAsync();
        var answers = new List<string>();
        foreach (var (id, token) in new[] { (Id(registered), "wrong"), (Id(registered), Token(other)), ("kh_cl_unknown", Token(registered)), ("https:%2F%2Fa.example%2Fb", "x") })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
            {
                using var response = await SendAsync(method, registered, Metadata(), id, token);
                answers.Add($"{(int)response.StatusCode} {response.Headers.WwwAuthenticate} {await response.Content.ReadAsStringAsync()}");
            }
        }

        answers.Distinct().Single().ShouldStartWith("401 Bearer error=\"invalid_token\"");
        (await _host.Get<IClientStore>().FindAsync(Id(registered), CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Without_a_bearer_token_there_is_a_bare_challenge()
    {
        var registered = await RegisterAsync();
        using var response = await _http.GetAsync("/register/" + Id(registered));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task An_update_replaces_everything_and_is_in_force_at_once()
    {
        var registered = await RegisterAsync(("client_name", "Before"), ("client_uri", "https://app.example.com/"));
        using var browser = _host.CreateBrowser();
        await browser.AuthorizeAsync(("client_id", Id(registered)));

        using var response = await SendAsync(HttpMethod.Put, registered, Metadata(("client_id", Id(registered)), ("client_name", "After"), ("redirect_uris", new JsonArray("https://new.example/cb"))));

        var updated = await JsonAsync(response);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, updated.ToJsonString());
        updated["client_name"]!.GetValue<string>().ShouldBe("After");
        updated["client_uri"].ShouldBeNull();
        Token(updated).ShouldBe(Token(registered));
        (await browser.AuthorizeAsync(("client_id", Id(registered)))).ErrorId.ShouldBe("authorize_redirect_uri_mismatch");
    }

    [Theory]
    [InlineData("client_id", "kh_cl_other")]
    [InlineData("client_id", "")]
    [InlineData("client_secret", "guess")]
    [InlineData("registration_access_token", "x")]
    [InlineData("registration_client_uri", "https://x.example")]
    [InlineData("client_id_issued_at", "0")]
    [InlineData("client_secret_expires_at", "0")]
    [InlineData("redirect_uris", "https://x.example")]
    [InlineData("logo_uri", "javascript:alert(1)")]
    public async Task An_update_that_is_wrong_anywhere_changes_nothing(string member, string value)
    {
        var registered = await RegisterAsync();

        using var response = await SendAsync(HttpMethod.Put, registered, Metadata(("client_id", Id(registered)), ("client_name", "After"), (member, value)));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(member);
        (await _host.Get<IClientStore>().FindAsync(Id(registered), CancellationToken.None))!.Name.ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_begins_to_need_a_secret_gets_one_keeps_it_and_loses_it_with_the_need()
    {
        var registered = await RegisterAsync();
        var id = Id(registered);

        using var begins = await SendAsync(HttpMethod.Put, registered, Metadata(("client_id", id), ("token_endpoint_auth_method", "client_secret_post")));
        var secret = (await JsonAsync(begins))["client_secret"]!.GetValue<string>();
        using var keeps = await SendAsync(HttpMethod.Put, registered, Metadata(("client_id", id), ("client_secret", secret), ("token_endpoint_auth_method", "client_secret_basic")));
        (await JsonAsync(keeps))["client_secret"].ShouldBeNull();
        ClientSecret.Matches(secret, (await _host.Get<IClientStore>().FindAsync(id, CancellationToken.None))!.SecretHash).ShouldBeTrue();
        using var loses = await SendAsync(HttpMethod.Put, registered, Metadata(("client_id", id)));

        (await _host.Get<IClientStore>().FindAsync(id, CancellationToken.None))!.SecretHash.ShouldBeNull();
    }

    [Fact]
    public async Task A_deletion_ends_every_session_of_the_client_at_once()
    {
        var registered = await RegisterAsync();
        var tokens = await SignInAsync(registered);
        var untouched = await SignInAsync(await RegisterAsync());
        Validate(tokens).ShouldBe(AccessTokenOutcome.Valid);

        using var response = await SendAsync(HttpMethod.Delete, registered);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Validate(tokens).ShouldBe(AccessTokenOutcome.Revoked);
        Validate(untouched).ShouldBe(AccessTokenOutcome.Valid);
        using var refresh = await _http.PostAsync("/token", Form(("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"]!.GetValue<string>()), ("client_id", Id(registered))));
        refresh.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var again = await SendAsync(HttpMethod.Delete, registered);
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var browser = _host.CreateBrowser();
        (await browser.AuthorizeAsync(("client_id", Id(registered)))).ErrorId.ShouldBe("authorize_client_unknown");
    }

    private static string Id(JsonNode registered) => registered["client_id"]!.GetValue<string>();

    private static string Token(JsonNode registered) => registered["registration_access_token"]!.GetValue<string>();

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] form) => new(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static JsonObject Metadata(params (string Name, JsonNode? Value)[] changes)
    {
        var metadata = new JsonObject { ["redirect_uris"] = new JsonArray(Redirect), ["grant_types"] = new JsonArray("authorization_code", "refresh_token") };
        foreach (var (name, value) in changes)
        {
            metadata[name] = value;
        }

        return metadata;
    }

    private AccessTokenOutcome Validate(JsonNode tokens) =>
        _host.Get<IAccessTokenValidator>().Validate(tokens["access_token"]!.GetValue<string>(), AuthorizationHost.NotesUri, out _);

    private async Task<JsonNode> RegisterAsync(params (string Name, JsonNode? Value)[] changes)
    {
        using var content = new StringContent(Metadata(changes).ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/register", content);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await JsonAsync(response);
    }

    private async Task<JsonNode> SignInAsync(JsonNode registered)
    {
        using var browser = _host.CreateBrowser();
        var page = await browser.ApproveAsync(await browser.ReachConsentAsync(("client_id", Id(registered))));
        using var response = await _http.PostAsync("/token", Form(
            ("grant_type", "authorization_code"), ("code", page.Query("code")!), ("code_verifier", Verifier), ("redirect_uri", Redirect), ("client_id", Id(registered))));
        return await JsonAsync(response);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, JsonNode registered, JsonObject? body = null, string? id = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, "/register/" + (id ?? Id(registered)));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token(registered));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await _http.SendAsync(request);
    }
}
