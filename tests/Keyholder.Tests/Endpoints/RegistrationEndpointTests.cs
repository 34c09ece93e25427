using System.Net;
using System.Text;
using System.Text.Json;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Tests.Clients;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

public sealed class RegistrationEndpointTests
{
    private const string Body = "{\"redirect_uris\":[\"http://localhost:3118/callback\"],\"token_endpoint_auth_method\":\"client_secret_post\"}";

    private readonly RecordingClientStore _store = new();

    [Fact]
    public async Task A_registration_is_created_and_never_cached()
    {
        await using var host = await StartAsync();

        using var answer = await Post(host.CreateClient(), Body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var secret = json.RootElement.GetProperty("client_secret").GetString()!;
        var client = _store.Clients[json.RootElement.GetProperty("client_id").GetString()!];
        Keyholder.Clients.ClientSecret.Matches(secret, client.SecretHash).ShouldBeTrue();
        host.Logs.ToString()!.ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    public async Task A_form_that_a_page_could_send_unasked_is_refused(string contentType)
    {
        await using var host = await StartAsync();

        using var answer = await Post(host.CreateClient(), Body, contentType);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await Error(answer)).ShouldBe("invalid_request");
        _store.Clients.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_64_kib_is_refused_with_and_without_a_length(bool chunked)
    {
        await using var host = await StartAsync();
        using var client = host.CreateClient();
        client.DefaultRequestHeaders.TransferEncodingChunked = chunked;

        using var answer = await Post(client, Body.PadRight((64 * 1024) + 1));

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Error(answer)).ShouldBe("invalid_client_metadata");
        _store.Clients.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_registration_says_which_member_is_wrong_and_does_not_repeat_it()
    {
        await using var host = await StartAsync();

        using var answer = await Post(host.CreateClient(), "{\"redirect_uris\":[\"https://a.example/\"],\"logo_uri\":\"javascript:alert(document.domain)\"}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("invalid_client_metadata");
        text.ShouldContain("logo_uri");
        text.ShouldNotContain("alert");
    }

    [Fact]
    public async Task An_address_that_registers_too_often_waits_and_others_do_not()
    {
        await using var host = await StartAsync(config => config with { Registration = config.Registration with { PerAddressPerMinute = 2 } });
        using var busy = host.CreateClient(IPAddress.Parse("203.0.113.7"));
        (await Post(busy, Body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await Post(busy, "{}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "a refused registration counts");
        host.Time.Advance(TimeSpan.FromSeconds(15));

        using var refused = await Post(busy, Body);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(45));
        (await Error(refused)).ShouldBe("temporarily_unavailable");
        (await Post(host.CreateClient(IPAddress.Parse("203.0.113.8")), Body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        using var spoofed = host.CreateClient(IPAddress.Parse("203.0.113.7"));
        spoofed.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1");
        (await Post(spoofed, Body)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        host.Time.Advance(TimeSpan.FromSeconds(45));
        (await Post(busy, Body)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task When_there_is_no_room_the_answer_says_when_to_come_back()
    {
        await using var host = await StartAsync();
        _store.NextOutcome = ClientAddOutcome.Full;

        using var answer = await Post(host.CreateClient(), Body);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(5));
        (await Error(answer)).ShouldBe("temporarily_unavailable");
    }

    [Fact]
    public async Task Any_page_may_register_without_credentials()
    {
        await using var host = await StartAsync();
        using var client = host.CreateClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/register");
        preflight.Headers.Add("Origin", "https://inspector.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,mcp-protocol-version");

        using var allowed = await client.SendAsync(preflight);
        client.DefaultRequestHeaders.Add("Origin", "https://inspector.example");
        using var answer = await Post(client, Body);

        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        allowed.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
    }

    [Fact]
    public async Task Registration_that_is_switched_off_is_neither_mounted_nor_advertised()
    {
        await using var host = await StartAsync(config => config with { Registration = config.Registration with { Enabled = false } });
        using var client = host.CreateClient();

        (await Post(client, Body)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetStringAsync("/.well-known/oauth-authorization-server")).ShouldNotContain("registration_endpoint");
    }

    private Task<KeyholderHost> StartAsync(Func<KeyholderConfiguration, KeyholderConfiguration>? configure = null) =>
        KeyholderHost.StartAsync(configure, services =>
        {
            services.AddSingleton<IClientStore>(_store);
            services.AddSingleton<IAuditStore>(new RecordingAuditStore());
        });

    private static Task<HttpResponseMessage> Post(HttpClient client, string body, string contentType = "application/json") =>
        client.PostAsync("/register", new StringContent(body, Encoding.UTF8, contentType));

    private static async Task<string?> Error(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("error").GetString();
    }
}
