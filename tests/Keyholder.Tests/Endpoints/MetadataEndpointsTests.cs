using System.Net;
using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Tokens;
using Keyholder.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

public sealed class MetadataEndpointsTests
{
    private static readonly Issuer PublicUrl = new("https://keys.example.com");

    [Fact]
    public async Task The_authorization_server_document_says_what_is_there_and_nothing_else()
    {
        await using var host = await StartAsync("linear", "github");

        using var document = JsonDocument.Parse(await Client(host).GetStringAsync("/.well-known/oauth-authorization-server"));

        JsonSerializer.Serialize(document.RootElement).ShouldBe(JsonSerializer.Serialize(new
        {
            issuer = "https://keys.example.com",
            authorization_endpoint = "https://keys.example.com/authorize",
            token_endpoint = "https://keys.example.com/token",
            pushed_authorization_request_endpoint = "https://keys.example.com/par",
            device_authorization_endpoint = "https://keys.example.com/device_authorization",
            registration_endpoint = "https://keys.example.com/register",
            jwks_uri = "https://keys.example.com/.well-known/jwks.json",
            scopes_supported = new[] { "mcp:linear", "mcp:linear:write", "mcp:github", "mcp:github:write", "offline_access" },
            response_types_supported = new[] { "code" },
            response_modes_supported = new[] { "query" },
            grant_types_supported = new[] { "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code" },
            token_endpoint_auth_methods_supported = new[] { "client_secret_post", "none", "client_secret_basic", "private_key_jwt" },
            token_endpoint_auth_signing_alg_values_supported = new[] { "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512" },
            revocation_endpoint = "https://keys.example.com/revoke",
            revocation_endpoint_auth_methods_supported = new[] { "client_secret_post", "none", "client_secret_basic", "private_key_jwt" },
            revocation_endpoint_auth_signing_alg_values_supported = new[] { "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512" },
            introspection_endpoint = "https://keys.example.com/introspect",
            introspection_endpoint_auth_methods_supported = new[] { "client_secret_post", "client_secret_basic", "private_key_jwt" },
            introspection_endpoint_auth_signing_alg_values_supported = new[] { "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512" },
            code_challenge_methods_supported = new[] { "S256" },
            authorization_response_iss_parameter_supported = true,
            client_id_metadata_document_supported = true,
        }));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server/mcp/linear")]
    [InlineData("/.well-known/openid-configuration/mcp/github")]
    [InlineData("/mcp/linear/.well-known/openid-configuration")]
    public async Task Every_form_clients_probe_answers_the_same_bytes(string path)
    {
        await using var host = await StartAsync("linear", "github");
        using var client = Client(host);

        (await client.GetStringAsync(path)).ShouldBe(await client.GetStringAsync("/.well-known/oauth-authorization-server"));
    }

    [Fact]
    public async Task A_resource_has_its_own_document_whose_resource_is_the_url_of_the_client()
    {
        await using var host = await StartAsync("linear", "github");
        var resource = host.Services.GetRequiredService<IResourceSource>().Current.FindByName("linear")!;

        using var document = JsonDocument.Parse(await Client(host).GetStringAsync(new Uri(resource.MetadataUri).AbsolutePath));

        JsonSerializer.Serialize(document.RootElement).ShouldBe(JsonSerializer.Serialize(new
        {
            resource = "https://keys.example.com/mcp/linear",
            authorization_servers = new[] { "https://keys.example.com" },
            scopes_supported = new[] { "mcp:linear", "mcp:linear:write" },
            bearer_methods_supported = new[] { "header" },
            resource_name = "The linear server",
        }));
    }

    [Theory]
    [InlineData("/.well-known/oauth-protected-resource/mcp/unknown")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/linea")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/linear2")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/linear/")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/linear/tools")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/linear%2F")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/Linear")]
    [InlineData("/.well-known/oauth-protected-resource/MCP/linear")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/")]
    [InlineData("/.well-known/oauth-protected-resource/linear")]
    [InlineData("/.well-known/oauth-protected-resource//mcp/linear")]
    [InlineData("/.well-known/oauth-protected-resourcex/mcp/linear")]
    [InlineData("/.well-known/oauth-authorization-server/mcp/unknown")]
    [InlineData("/.well-known/oauth-authorization-server/")]
    [InlineData("/.well-known/oauth-authorization-server/tenant")]
    [InlineData("/.well-known/openid-configuration/mcp/unknown")]
    [InlineData("/mcp/unknown/.well-known/openid-configuration")]
    public async Task A_path_that_only_resembles_a_document_is_not_found(string path)
    {
        await using var host = await StartAsync("linear", "github");

        (await Client(host).GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_root_form_answers_only_while_there_is_exactly_one_resource()
    {
        await using var one = await StartAsync("linear");
        await using var two = await StartAsync("linear", "github");
        await using var none = await StartAsync();
        using var client = Client(one);

        (await client.GetStringAsync("/.well-known/oauth-protected-resource")).ShouldBe(await client.GetStringAsync("/.well-known/oauth-protected-resource/mcp/linear"));
        (await Client(two).GetAsync("/.well-known/oauth-protected-resource")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client(none).GetAsync("/.well-known/oauth-protected-resource")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("Forwarded", "host=evil.example;proto=http")]
    [InlineData("X-Original-Host", "evil.example")]
    public async Task No_header_of_the_request_gets_into_a_document(string header, string value)
    {
        await using var host = await StartAsync("linear");
        foreach (var path in new[] { "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/.well-known/oauth-protected-resource/mcp/linear" })
        {
            var expected = await Client(host).GetStringAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();

            using var answer = await Client(host).SendAsync(request);

            var text = await answer.Content.ReadAsStringAsync();
            text.ShouldNotContain("evil.example");
            (text == expected || !answer.IsSuccessStatusCode).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Every_url_of_every_document_begins_with_the_one_issuer()
    {
        await using var host = await StartAsync("linear");
        foreach (var path in new[] { "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource" })
        {
            using var document = JsonDocument.Parse(await Client(host).GetStringAsync(path));
            var urls = document.RootElement.EnumerateObject()
                .SelectMany(member => member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().ToArray() : [member.Value])
                .Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!)
                .Where(text => text.Contains("://", StringComparison.Ordinal)).ToList();

            urls.ShouldNotBeEmpty();
            urls.ShouldContain(PublicUrl.Value);
            urls.ShouldAllBe(url => url == PublicUrl.Value || url.StartsWith(PublicUrl.Value + "/", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Offline_access_is_listed_by_the_server_and_never_by_a_resource()
    {
        await using var host = await StartAsync("linear");

        (await Client(host).GetStringAsync("/.well-known/oauth-authorization-server")).ShouldContain("offline_access");
        (await Client(host).GetStringAsync("/.well-known/oauth-protected-resource")).ShouldNotContain("offline_access");
        ProtectedResourceMetadata.Write(PublicUrl, TestResource("odd") with { Scopes = [new("a", ""), new("offline_access", "")] })
            .AsSpan().IndexOf("offline_access"u8).ShouldBe(-1);
    }

    [Fact]
    public async Task A_document_is_cached_revalidated_and_open_to_any_page()
    {
        await using var host = await StartAsync("linear");
        using var client = Client(host);
        client.DefaultRequestHeaders.Add("Origin", "https://inspector.example");

        using var first = await client.GetAsync("/.well-known/oauth-authorization-server");
        first.Headers.CacheControl!.Public.ShouldBeTrue();
        first.Headers.CacheControl.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        first.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        first.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        first.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();

        using var again = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-authorization-server");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        (await client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        using var other = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-protected-resource");
        other.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        (await client.SendAsync(other)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/.well-known/oauth-authorization-server"));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/.well-known/oauth-authorization-server");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "mcp-protocol-version");
        (await client.SendAsync(preflight)).Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
    }

    [Fact]
    public async Task New_resources_have_documents_at_once_and_removed_ones_have_none()
    {
        var source = new SwitchableResources { Current = new([TestResource("linear")], []) };
        await using var host = await KeyholderHost.StartAsync(config => config with { Issuer = PublicUrl }, services => services.AddSingleton<IResourceSource>(source));
        using var client = Client(host);
        (await client.GetAsync("/.well-known/oauth-protected-resource/mcp/linear")).StatusCode.ShouldBe(HttpStatusCode.OK);

        source.Current = new([TestResource("github")], []);

        (await client.GetAsync("/.well-known/oauth-protected-resource/mcp/linear")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/.well-known/oauth-protected-resource/mcp/github")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetStringAsync("/.well-known/oauth-authorization-server")).ShouldContain("mcp:github");
    }

    [Fact]
    public async Task The_key_set_follows_a_rotation_is_cached_shortly_and_has_no_private_part()
    {
        var ring = await SigningKeyRing.LoadAsync(new SecretStoreInMemory(), new ClearSealer(), new ManualTimeProvider(), CancellationToken.None);
        await using var host = await KeyholderHost.StartAsync(services: services => services.AddSingleton(ring));
        using var client = host.CreateClient();

        using var first = await client.GetAsync("/.well-known/jwks.json");
        var added = await ring.RotateAsync(TimeSpan.FromHours(1), CancellationToken.None);
        using var second = await client.GetAsync("/.well-known/jwks.json");

        first.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(1));
        second.Headers.ETag.ShouldNotBe(first.Headers.ETag);
        using var document = JsonDocument.Parse(await second.Content.ReadAsStringAsync());
        var keys = document.RootElement.GetProperty("keys").EnumerateArray().ToList();
        keys.Count.ShouldBe(2);
        keys.Select(key => key.GetProperty("kid").GetString()).ShouldContain(added);
        keys.Any(key => key.TryGetProperty("d", out _)).ShouldBeFalse();
    }

    private static Task<KeyholderHost> StartAsync(params string[] resources) =>
        KeyholderHost.StartAsync(config => config with { Issuer = PublicUrl, Resources = new([.. resources.Select(TestResource)], []) });

    /// <summary>TLS ends before the server here, as behind a proxy; the Host header is the issuer's.</summary>
    private static HttpClient Client(KeyholderHost host) => new(host.CreateHandler()) { BaseAddress = new Uri("http://" + PublicUrl.Uri.Authority) };

    private static Resource TestResource(string name) => new()
    {
        Name = name,
        Uri = PublicUrl.At($"/mcp/{name}"),
        DisplayName = $"The {name} server",
        Upstream = new Uri("https://upstream.example/mcp"),
        Auth = ResourceAuthKind.None,
        Scopes = [new($"mcp:{name}", "Read"), new($"mcp:{name}:write", "Write")],
        DefaultScopes = [$"mcp:{name}"],
        RequiredScopes = [$"mcp:{name}"],
        MaxRequestBodyBytes = 1024,
        ActivityTimeout = TimeSpan.FromMinutes(1),
        EndStreamsAtTokenExpiry = false,
        MetadataUri = PublicUrl.At($"/.well-known/oauth-protected-resource/mcp/{name}"),
    };

    private sealed class SwitchableResources : IResourceSource
    {
        public required ResourceSnapshot Current { get; set; }
    }
}
