using System.Net;

namespace Keyholder.Tests.Gateway;

public sealed class GatewayAdmissionTests
{
    private const string Metadata = "resource_metadata=\"http://localhost:7717/.well-known/oauth-protected-resource/mcp/demo\"";

    [Fact]
    public async Task A_valid_request_reaches_the_upstream_and_its_answer_comes_back()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{}}""");
        gateway.Upstream.Last.Target.ShouldBe("/upstream/mcp?tenant=7");
        System.Text.Encoding.UTF8.GetString(gateway.Upstream.Last.Body).ShouldBe(GatewayFixture.Call);
    }

    [Theory]
    [InlineData("/mcp/unknown")]
    [InlineData("/mcp/demo/")]
    [InlineData("/mcp/demo/x")]
    [InlineData("/mcp/demo2")]
    [InlineData("/mcp/dem")]
    [InlineData("/mcp/Demo")]
    [InlineData("/MCP/demo")]
    [InlineData("/mcp/demo%2Fx")]
    [InlineData("/mcp/demo;x=1")]
    [InlineData("/mcp/")]
    [InlineData("/mcp")]
    public async Task A_path_that_only_looks_like_a_resource_is_not_found(string path)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        await gateway.ShouldRefuseAsync(GatewayFixture.Post(path: path), HttpStatusCode.NotFound, "gateway.resource_unknown");
    }

    [Theory]
    [InlineData("/mcp/%64emo")]
    [InlineData("/mcp/./demo")]
    [InlineData("/x/../mcp/demo")]
    [InlineData("http://localhost:7717/mcp/demo")]
    public async Task Another_spelling_of_the_path_is_not_found(string target)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        var raw = await RawExchange.SendAsync(gateway.Host, $"GET {target} HTTP/1.1\r\nHost: localhost:7717\r\nAuthorization: Bearer {ScriptedTokens.Person3}\r\n\r\n");

        raw.StatusCode.ShouldBe(404);
        raw.Text.ShouldContain("gateway.resource_unknown");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Without_a_token_the_challenge_names_metadata_and_scope_and_no_error(string method)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/mcp/demo");

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        GatewayAnswer.Challenge(response).ShouldBe($"Bearer {Metadata}, scope=\"mcp:read mcp:write\"");
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.token_missing");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST", ScriptedTokens.Expired)]
    [InlineData("GET", ScriptedTokens.Expired)]
    [InlineData("DELETE", ScriptedTokens.Expired)]
    [InlineData("POST", ScriptedTokens.Revoked)]
    [InlineData("POST", ScriptedTokens.AliceAtOther)]
    [InlineData("GET", ScriptedTokens.AliceAtOther)]
    [InlineData("POST", "garbage")]
    [InlineData("POST", "")]
    [InlineData("POST", "two words")]
    [InlineData("POST", "a, Bearer b")]
    public async Task A_token_that_is_not_good_is_invalid_token_whatever_the_reason(string method, string token)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = method == "POST" ? GatewayFixture.Post(token: token) : GatewayFixture.Bodiless(new HttpMethod(method), token);

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        GatewayAnswer.Challenge(response).ShouldBe($"Bearer error=\"invalid_token\", {Metadata}, scope=\"mcp:read mcp:write\"");
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.token_invalid");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("bEaReR  ")]
    public async Task The_scheme_is_case_insensitive(string scheme)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post();
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", scheme + ScriptedTokens.Person3);

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("DPoP " + ScriptedTokens.Person3)]
    [InlineData(ScriptedTokens.Person3)]
    [InlineData("Bearer\t" + ScriptedTokens.Person3)]
    public async Task Another_scheme_is_no_credential(string authorization)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post();
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.Unauthorized, "gateway.token_missing");
    }

    [Fact]
    public async Task A_token_in_the_query_is_no_credential()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post(path: "/mcp/demo?access_token=" + ScriptedTokens.Person3);
        request.Headers.Remove("Authorization");

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.Unauthorized, "gateway.token_missing");
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused_even_when_one_is_good()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var raw = await RawExchange.SendAsync(
            gateway.Host,
            $"POST /mcp/demo HTTP/1.1\r\nHost: localhost:7717\r\nAuthorization: Bearer {ScriptedTokens.Person3}\r\nAuthorization: Bearer {ScriptedTokens.Person3}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        raw.StatusCode.ShouldBe(400);
        raw.Text.ShouldContain("gateway.credentials_conflict");
        raw.Text.ShouldContain("error=\"invalid_request\"");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("?access_token=x", null)]
    [InlineData("", "kh_vk_x")]
    public async Task A_second_kind_of_credential_is_refused(string query, string? key)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post(path: "/mcp/demo" + query);
        if (key is not null)
        {
            request.Headers.Add("X-Keyholder-Key", key);
        }

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.BadRequest, "gateway.credentials_conflict");
    }

    [Fact]
    public async Task A_missing_scope_names_what_is_needed_and_what_is_held_but_never_offline_access()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.NarrowAdmin));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        GatewayAnswer.Challenge(response).ShouldBe($"Bearer error=\"insufficient_scope\", {Metadata}, scope=\"mcp:read mcp:admin\"");
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.scope_insufficient");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task When_revocation_cannot_be_known_the_answer_is_503_with_retry_after()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.Unknowable));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.revocation_unknown");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("post")]
    public async Task Other_methods_are_405_with_allow(string method)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/mcp/demo");

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(method == "post" ? HttpStatusCode.Unauthorized : HttpStatusCode.MethodNotAllowed);
        if (method != "post")
        {
            response.Content.Headers.Allow.ShouldBe(["POST", "GET", "DELETE"]);
        }
    }

    [Fact]
    public async Task The_clients_token_and_the_upstreams_credential_are_never_logged_or_returned()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var good = await gateway.SendAsync(GatewayFixture.Post());
        using var bad = await gateway.SendAsync(GatewayFixture.Post(body: "{"));

        var seen = gateway.Host.Logs + await good.Content.ReadAsStringAsync() + good + await bad.Content.ReadAsStringAsync() + bad;
        seen.ShouldNotContain(ScriptedTokens.Person3);
        seen.ShouldNotContain(ScriptedAuthorizer.FirstCredential);
    }
}
