using System.Text;
using System.Text.Json;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Clients;

public sealed class ClientRegistrationTests
{
    private const string Redirect = "\"redirect_uris\":[\"http://localhost:3118/callback\"]";

    private readonly RecordingClientStore _store = new();
    private readonly RecordingAuditStore _audit = new();
    private readonly ManualTimeProvider _time = new();
    private ClientRegistrationOptions _options = new();

    [Fact]
    public async Task The_least_a_client_can_send_makes_a_native_public_client()
    {
        var registered = await Accepted($"{{{Redirect}}}");

        var client = registered.Client;
        registered.Secret.ShouldBeNull();
        client.SecretHash.ShouldBeNull();
        client.IsPublic.ShouldBeTrue();
        client.Source.ShouldBe(ClientSource.Dynamic);
        client.RedirectUris.ShouldBe(["http://localhost:3118/callback"]);
        client.GrantTypes.ShouldBe(["authorization_code"]);
        client.ResponseTypes.ShouldBe(["code"]);
        client.ApplicationType.ShouldBe("native");
        client.CreatedAt.ShouldBe(_time.GetUtcNow());
        client.ExpiresAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromDays(30));
        _store.Clients[client.Id].ShouldBe(client);
    }

    [Theory]
    [InlineData("client_secret_post")]
    [InlineData("client_secret_basic")]
    public async Task A_confidential_client_gets_a_secret_once_and_the_store_its_hash(string method)
    {
        var registered = await Accepted($"{{{Redirect},\"token_endpoint_auth_method\":\"{method}\"}}");

        var secret = registered.Secret.ShouldNotBeNull();
        secret.Length.ShouldBe(43);
        Base64UrlText.TryDecode(secret, new byte[32]).ShouldBeTrue();
        registered.Client.SecretHash.ShouldBe(ClientSecret.Hash(secret));
        registered.Client.ApplicationType.ShouldBe("native", "a native client may be confidential");
        (registered.ToString() + registered.Client).ShouldNotContain(secret);
        JsonSerializer.Serialize(_audit.Events).ShouldNotContain(secret);
    }

    [Fact]
    public async Task Client_ids_are_minted_and_never_look_like_a_url()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add((await Accepted($"{{{Redirect},\"client_id\":\"https://evil.example/client\"}}")).Client.Id);
        }

        ids.Count.ShouldBe(100);
        ids.ShouldAllBe(id => id.StartsWith("kh_cl_", StringComparison.Ordinal) && id.Length == 28);
    }

    [Fact]
    public async Task A_registration_is_audited_with_where_it_came_from()
    {
        var client = (await Accepted($"{{{Redirect}}}")).Client;

        var audited = _audit.Events.ShouldHaveSingleItem();
        audited.Action.ShouldBe("client.registered");
        audited.Target.ShouldBe($"client:{client.Id}");
        audited.Actor.ShouldBe($"client:{client.Id}");
        audited.RemoteAddress.ShouldBe("203.0.113.7");
        audited.RequestId.ShouldBe("request-1");
    }

    [Theory]
    [InlineData("\"scope\":\"mcp:read mcp:write mcp:read\"", "mcp:read mcp:write")]
    [InlineData("\"scope\":[\"mcp:read\",\"mcp:write\"]", "mcp:read mcp:write")]
    [InlineData("\"scope\":[\"mcp:read mcp:write\"]", "mcp:read mcp:write")]
    [InlineData("\"scope\":\"\"", null)]
    [InlineData("\"scope\":[]", null)]
    [InlineData("\"scope\":null", null)]
    public async Task A_scope_may_be_a_string_or_an_array(string member, string? scope) =>
        (await Accepted($"{{{Redirect},{member}}}")).Client.Scope.ShouldBe(scope);

    [Fact]
    public async Task Unsupported_grant_and_response_types_are_dropped_while_a_usable_one_remains()
    {
        var client = (await Accepted($$"""
            {{{Redirect}}, "grant_types":["implicit","authorization_code","client_credentials","refresh_token"], "response_types":["code token","code"]}
            """)).Client;

        client.GrantTypes.ShouldBe(["authorization_code", "refresh_token"]);
        client.ResponseTypes.ShouldBe(["code"]);
    }

    [Fact]
    public async Task A_client_of_the_device_grant_alone_needs_no_redirect_uri()
    {
        const string Device = "\"grant_types\":[\"urn:ietf:params:oauth:grant-type:device_code\",\"refresh_token\"]";

        var client = (await Accepted($"{{{Device}}}")).Client;

        client.RedirectUris.ShouldBeEmpty();
        client.GrantTypes.ShouldBe(["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]);
        (await Refused($"{{{Device}, \"redirect_uris\":[\"javascript:alert(1)\"]}}")).Code.ShouldBe("invalid_redirect_uri");
        (await Refused("{}")).Code.ShouldBe("invalid_redirect_uri");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/cb", null, "native")]
    [InlineData("https://app.example.com/cb", null, "web")]
    [InlineData("cursor://app/cb", null, "native")]
    [InlineData("https://app.example.com/cb", "native", "native")]
    [InlineData("http://127.0.0.1:1/cb", "web", "web")]
    [InlineData("http://127.0.0.1:1/cb", "browser", "native")]
    public async Task The_application_type_follows_the_redirect_uri_unless_the_client_says_it(string uri, string? type, string expected)
    {
        _options = _options with { AllowPrivateUseSchemes = true };
        var body = JsonSerializer.Serialize(new { redirect_uris = new[] { uri }, application_type = type });

        (await Accepted(body)).Client.ApplicationType.ShouldBe(expected);
    }

    [Fact]
    public async Task Unknown_members_are_ignored_and_empty_or_null_ones_count_as_absent()
    {
        var client = (await Accepted($$"""
            {{{Redirect}}, "jwks":{"keys":[]}, "contacts":7, "client_name#ja":"x", "Client_Name":"no",
             "client_uri":"", "logo_uri":null, "token_endpoint_auth_method":null, "grant_types":null, "client_name":"  "}
            """)).Client;

        client.ClientUri.ShouldBeNull();
        client.LogoUri.ShouldBeNull();
        client.Name.ShouldBeNull();
        client.TokenEndpointAuthMethod.ShouldBe("none");
    }

    [Fact]
    public async Task What_a_client_says_about_itself_is_kept_in_any_script()
    {
        var client = (await Accepted($$"""
            {{{Redirect}}, "client_name":" 日本語 Ünïcode می\u200cخواهم 🚀", "client_uri":"https://a.example", "logo_uri":"https://a.example/l.png", "policy_uri":"https://a.example/p", "tos_uri":"https://a.example/t", "software_id":"id-1", "software_version":"1.2"}
            """)).Client;

        client.Name.ShouldBe("日本語 Ünïcode می\u200cخواهم 🚀");
        (client.ClientUri, client.LogoUri, client.PolicyUri, client.TosUri).ShouldBe(("https://a.example", "https://a.example/l.png", "https://a.example/p", "https://a.example/t"));
        (client.SoftwareId, client.SoftwareVersion).ShouldBe(("id-1", "1.2"));
    }

    [Theory]
    [InlineData("client_name", "7")]
    [InlineData("client_name", "[\"x\"]")]
    [InlineData("client_name", "\"a\\u0000b\"")]
    [InlineData("client_name", "\"a\\nb\"")]
    [InlineData("client_name", "\"evil \\u202egnp.exe\"")]
    [InlineData("client_name", "\"a\\u200bb\"")]
    [InlineData("client_name", "\"a\\u2028b\"")]
    [InlineData("client_name", "\"a\\ue000b\"")]
    [InlineData("software_id", "{}")]
    [InlineData("software_version", "1.0")]
    [InlineData("client_uri", "\"javascript:alert(1)\"")]
    [InlineData("client_uri", "\"JaVaScRiPt:alert(1)\"")]
    [InlineData("logo_uri", "\"data:image/svg+xml,<svg/>\"")]
    [InlineData("policy_uri", "\"file:///etc/passwd\"")]
    [InlineData("tos_uri", "\"vbscript:x\"")]
    [InlineData("tos_uri", "\"blob:https://a.example/1\"")]
    [InlineData("logo_uri", "false")]
    [InlineData("scope", "7")]
    [InlineData("scope", "[7]")]
    [InlineData("scope", "\"a\\\"b\"")]
    [InlineData("scope", "\"a\\nb\"")]
    [InlineData("grant_types", "\"authorization_code\"")]
    [InlineData("grant_types", "[\"refresh_token\"]")]
    [InlineData("grant_types", "[\"client_credentials\"]")]
    [InlineData("grant_types", "[\"authorization_code\", null]")]
    [InlineData("response_types", "\"code\"")]
    [InlineData("response_types", "[\"token\"]")]
    [InlineData("token_endpoint_auth_method", "\"private_key_jwt\"")]
    [InlineData("token_endpoint_auth_method", "\"None\"")]
    [InlineData("token_endpoint_auth_method", "[\"none\"]")]
    [InlineData("application_type", "1")]
    public async Task A_bad_member_is_refused_by_name_and_nothing_is_stored(string field, string json)
    {
        var error = await Refused($"{{{Redirect},\"{field}\":{json}}}");

        error.Code.ShouldBe("invalid_client_metadata");
        error.Status.ShouldBe(400);
        error.Description.ShouldStartWith(field + " ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"]} x")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"],}")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"],\"redirect_uris\":[\"https://evil.example/\"]}")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"],\"client_name\":\"a\",\"client\\u005fname\":\"b\"}")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"],\"x\":{\"a\":1,\"a\":2}}")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"],\"client_name\":\"\\ud800\"}")]
    [InlineData("{\"redirect_uris\":[\"https://a.example/\"],\"\\ud800\":1}")]
    [InlineData("\ufeff{\"redirect_uris\":[\"https://a.example/\"]}")]
    [InlineData("/**/{\"redirect_uris\":[\"https://a.example/\"]}")]
    public async Task A_body_that_is_not_one_strict_json_object_is_refused(string body) =>
        (await Refused(body)).Code.ShouldBe("invalid_client_metadata");

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused() =>
        (await Refused([.. Encoding.UTF8.GetBytes($"{{{Redirect},\"client_name\":\""), 0xC0, 0xAF, .. "\"}"u8])).Code.ShouldBe("invalid_client_metadata");

    [Fact]
    public async Task Nesting_is_bounded() =>
        (await Refused($"{{{Redirect},\"x\":{new string('[', 5000)}{new string(']', 5000)}}}")).Code.ShouldBe("invalid_client_metadata");

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"redirect_uris\":[]}")]
    [InlineData("{\"redirect_uris\":[\"http://app.example.com/cb\"]}")]
    [InlineData("{\"redirect_uris\":[\"https://app.example.com/cb\",\"javascript:alert(1)\"]}")]
    [InlineData("{\"redirect_uris\":[\"cursor://app/cb\"]}")]
    [InlineData("{\"redirect_uris\":[\"\"]}")]
    public async Task A_bad_redirect_uri_has_its_own_error(string body) =>
        (await Refused(body)).Code.ShouldBe("invalid_redirect_uri");

    [Theory]
    [InlineData("{\"redirect_uris\":\"https://a.example/\"}")]
    [InlineData("{\"redirect_uris\":[7]}")]
    [InlineData("{\"redirect_uris\":[null]}")]
    public async Task Redirect_uris_of_the_wrong_type_are_named(string body)
    {
        var error = await Refused(body);

        error.Code.ShouldBe("invalid_client_metadata");
        error.Description.ShouldStartWith("redirect_uris ");
    }

    [Fact]
    public async Task The_limits_hold_exactly()
    {
        string Uris(int count) => JsonSerializer.Serialize(new { redirect_uris = Enumerable.Range(0, count).Select(i => $"https://a.example/{i}") });
        string Named(int length) => $"{{{Redirect},\"client_name\":\"{new string('n', length)}\"}}";
        string Padded(int length) => $"{{{Redirect}}}".PadRight(length);

        (await Accepted(Uris(10))).Client.RedirectUris.Count.ShouldBe(10);
        (await Refused(Uris(11))).Code.ShouldBe("invalid_redirect_uri");
        (await Accepted(Named(256))).Client.Name!.Length.ShouldBe(256);
        (await Refused(Named(257))).Description.ShouldStartWith("client_name ");
        await Accepted(Padded(64 * 1024));
        (await Refused(Padded((64 * 1024) + 1))).Status.ShouldBe(413);
    }

    [Fact]
    public async Task The_cap_and_the_least_age_of_a_victim_are_the_stores_to_keep()
    {
        _options = _options with { Capacity = 7, MinimumEvictionAge = TimeSpan.FromHours(2) };

        await Accepted($"{{{Redirect}}}");

        var now = _time.GetUtcNow();
        _store.LastAdd.ShouldBe((7, now - TimeSpan.FromHours(2), now));
    }

    [Fact]
    public async Task When_no_client_may_be_evicted_the_registration_is_refused_for_now()
    {
        _store.NextOutcome = ClientAddOutcome.Full;

        var error = await Refused($"{{{Redirect}}}");

        (error.Code, error.Status).ShouldBe(("temporarily_unavailable", 503));
    }

    [Fact]
    public async Task A_taken_id_is_an_error_and_never_overwritten()
    {
        _store.NextOutcome = ClientAddOutcome.Duplicate;

        (await Refused($"{{{Redirect}}}")).Code.ShouldBe("server_error");
    }

    [Fact]
    public async Task The_answer_echoes_what_was_registered_and_not_what_was_asked()
    {
        var registered = await Accepted($$"""
            {{{Redirect}}, "client_name":"App", "scope":["a","b"], "grant_types":["implicit","authorization_code"], "token_endpoint_auth_method":"client_secret_post", "contacts":["x"]}
            """);

        using var answer = JsonDocument.Parse(ClientInformation.Write(registered));
        var root = answer.RootElement;
        root.EnumerateObject().Select(m => m.Name).ShouldBe(
            ["client_id", "client_id_issued_at", "client_secret", "client_secret_expires_at", "registration_access_token", "registration_client_uri", "redirect_uris", "token_endpoint_auth_method", "grant_types", "response_types", "application_type", "client_name", "scope"]);
        root.GetProperty("client_id").GetString().ShouldBe(registered.Client.Id);
        root.GetProperty("client_id_issued_at").GetInt64().ShouldBe(_time.GetUtcNow().ToUnixTimeSeconds());
        root.GetProperty("client_secret").GetString().ShouldBe(registered.Secret);
        root.GetProperty("client_secret_expires_at").GetInt64().ShouldBe(0);
        root.GetProperty("grant_types").GetRawText().ShouldBe("[\"authorization_code\"]");
        root.GetProperty("scope").GetString().ShouldBe("a b");
    }

    [Fact]
    public async Task A_public_client_is_told_of_no_secret()
    {
        using var answer = JsonDocument.Parse(ClientInformation.Write(await Accepted($"{{{Redirect}}}")));

        answer.RootElement.TryGetProperty("client_secret", out _).ShouldBeFalse();
        answer.RootElement.TryGetProperty("client_secret_expires_at", out _).ShouldBeFalse();
    }

    private Task<OAuthResult<RegisteredClient>> Register(byte[] body) =>
        new ClientRegistration(_store, _audit, _options, _time, NullLogger<ClientRegistration>.Instance).RegisterAsync(body, "203.0.113.7", "request-1", CancellationToken.None);

    private async Task<RegisteredClient> Accepted(string body)
    {
        var result = await Register(Encoding.UTF8.GetBytes(body));
        result.Error.ShouldBeNull();
        return result.Value!;
    }

    private Task<OAuthError> Refused(string body) => Refused(Encoding.UTF8.GetBytes(body));

    private async Task<OAuthError> Refused(byte[] body)
    {
        var before = _store.Clients.Count;
        var error = (await Register(body)).Error.ShouldNotBeNull();
        error.Description.ShouldAllBe(c => c >= ' ' && c <= '~');
        _store.Clients.Count.ShouldBe(before);
        _audit.Events.Count.ShouldBe(before);
        return error;
    }
}
