using System.Net;
using System.Text;
using System.Text.Json;
using Keyholder.Resources;
using Keyholder.Tests.Authorization;
using Keyholder.Upstream;

namespace Keyholder.Tests.Gateway;

public sealed class ConnectAnswerTests
{
    private const string Url = """{"elicitation":{"url":{}}}""";

    private static readonly UpstreamAuthorization Lacking = UpstreamAuthorization.Lacks([AuthorizationSamples.Cloud]);

    private static string Initialize(string capabilities) =>
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":""" + capabilities + ""","clientInfo":{"name":"c","version":"1"}}}""";

    private static string Modern(string capabilities, string method = "tools/call", string more = "") =>
        """{"jsonrpc":"2.0","id":"call-1","method":""" + $"\"{method}\"" + ""","params":{"name":"echo","arguments":{}""" + more
        + ""","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":""" + capabilities + "}}}";

    private static string Answered(string? state) => ""","inputResponses":{"connect":{"action":"accept"}},"requestState":""" + $"\"{state}\"";

    private static async Task<JsonElement> SendAsync(GatewayFixture gateway, HttpRequestMessage request)
    {
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return json.RootElement.Clone();
    }

    private static Task<GatewayFixture> StartAsync() => GatewayFixture.StartAsync(context =>
    {
        context.Response.Headers["Mcp-Session-Id"] = "upstream-session";
        return ScriptedUpstream.Ok(context);
    });

    /// <summary>The session id a client is given that opened its MCP session with these capabilities.</summary>
    private static async Task<string> OpenAsync(GatewayFixture gateway, string capabilities)
    {
        using var response = await gateway.Client.SendAsync(GatewayFixture.Post(Initialize(capabilities)), TestContext.Current.CancellationToken);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private static HttpRequestMessage Call(string session)
    {
        var call = GatewayFixture.Post();
        call.Headers.Add("Mcp-Session-Id", session);
        return call;
    }

    private static HttpRequestMessage Batched(string body)
    {
        var request = GatewayFixture.Post(body);
        request.Headers.Add("MCP-Protocol-Version", "2025-03-26");
        return request;
    }

    [Fact]
    public async Task A_client_that_can_open_urls_gets_an_elicitation_for_as_long_as_its_session_lasts()
    {
        await using var gateway = await StartAsync();
        var session = await OpenAsync(gateway, Url);
        gateway.Authorizer.First = Lacking;

        var answer = await SendAsync(gateway, Call(session));

        answer.GetProperty("id").GetInt32().ShouldBe(1);
        var error = answer.GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(-32042);
        var elicitation = error.GetProperty("data").GetProperty("elicitations").EnumerateArray().ShouldHaveSingleItem();
        elicitation.GetProperty("mode").GetString().ShouldBe("url");
        elicitation.GetProperty("message").GetString().ShouldBe("Cloud has to be connected before demo can be used.");
        elicitation.GetProperty("elicitationId").GetString().ShouldNotBeNullOrEmpty();
        elicitation.GetProperty("url").GetString().ShouldStartWith("http://localhost:7717/connect/");
        gateway.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_opens_its_session_without_a_credential_is_answered_by_what_it_declares_there()
    {
        await using var gateway = await StartAsync();
        gateway.Authorizer.First = Lacking;

        (await SendAsync(gateway, GatewayFixture.Post(Initialize(Url)))).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32042);
        (await SendAsync(gateway, GatewayFixture.Post(Initialize("{}")))).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32050);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"elicitation":{}}""")]
    [InlineData("""{"elicitation":{"form":{}}}""")]
    [InlineData("""{"elicitation":{"url":true}}""")]
    [InlineData("""{"elicitation":"url"}""")]
    public async Task Any_other_client_gets_an_error_whose_text_carries_the_link(string capabilities)
    {
        await using var gateway = await StartAsync();
        var session = await OpenAsync(gateway, capabilities);
        gateway.Authorizer.First = Lacking;

        var error = (await SendAsync(gateway, Call(session))).GetProperty("error");

        error.GetProperty("code").GetInt32().ShouldBe(-32050);
        error.GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("Open this link, connect, and repeat the request: http://localhost:7717/connect/");
        error.GetProperty("data").GetProperty("error_id").GetString().ShouldBe("gateway.connection_required");
    }

    [Fact]
    public async Task A_stateless_client_is_asked_for_input_and_its_retry_goes_out_as_if_nobody_had_asked()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = Lacking;

        var result = (await SendAsync(gateway, GatewayFixture.ModernPost(Modern(Url)))).GetProperty("result");

        result.GetProperty("resultType").GetString().ShouldBe("input_required");
        var asked = result.GetProperty("inputRequests").GetProperty("connect");
        asked.GetProperty("method").GetString().ShouldBe("elicitation/create");
        asked.GetProperty("params").GetProperty("mode").GetString().ShouldBe("url");
        asked.GetProperty("params").GetProperty("url").GetString().ShouldStartWith("http://localhost:7717/connect/");
        gateway.Authorizer.First = new() { Outcome = UpstreamAuthorizationOutcome.Available };
        await SendAsync(gateway, GatewayFixture.ModernPost(Modern(Url, more: Answered(result.GetProperty("requestState").GetString()))));

        using var sent = JsonDocument.Parse(gateway.Upstream.Last.Body);
        sent.RootElement.GetProperty("id").GetString().ShouldBe("call-1");
        sent.RootElement.GetProperty("params").EnumerateObject().Select(member => member.Name).ShouldBe(["name", "arguments", "_meta"]);
    }

    [Fact]
    public async Task What_the_upstream_had_asked_for_before_is_not_lost()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = Lacking;
        const string Upstreams = ""","inputResponses":{"name":{"action":"accept","content":{"n":"ü"}}},"requestState":"state-of-the-upstream" """;

        var state = (await SendAsync(gateway, GatewayFixture.ModernPost(Modern(Url, more: Upstreams)))).GetProperty("result").GetProperty("requestState").GetString();
        gateway.Authorizer.First = new() { Outcome = UpstreamAuthorizationOutcome.Available };
        await SendAsync(gateway, GatewayFixture.ModernPost(Modern(Url, more: Answered(state))));

        using var sent = JsonDocument.Parse(gateway.Upstream.Last.Body);
        var parameters = sent.RootElement.GetProperty("params");
        parameters.GetProperty("requestState").GetString().ShouldBe("state-of-the-upstream");
        parameters.GetProperty("inputResponses").GetProperty("name").GetProperty("content").GetProperty("n").GetString().ShouldBe("ü");
        parameters.GetProperty("inputResponses").TryGetProperty("connect", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_request_state_counts_for_its_principal_only_unchanged_and_for_an_hour()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = Lacking;
        var state = (await SendAsync(gateway, GatewayFixture.ModernPost(Modern(Url)))).GetProperty("result").GetProperty("requestState").GetString()!;
        gateway.Authorizer.First = new() { Outcome = UpstreamAuthorizationOutcome.Available };

        await ShouldRefuseAsync(state, ScriptedTokens.Person2);
        await ShouldRefuseAsync(state, ScriptedTokens.AliceOtherClient);
        await ShouldRefuseAsync(state[..^2] + (state[^2] == 'A' ? "B" : "A") + state[^1], ScriptedTokens.Person3);
        await ShouldRefuseAsync("kh_rs_", ScriptedTokens.Person3);
        await ShouldRefuseAsync("kh_rs_%%%", ScriptedTokens.Person3);
        gateway.Upstream.Requests.ShouldBeEmpty();
        gateway.Host.Time.Advance(TimeSpan.FromHours(1));
        await ShouldRefuseAsync(state, ScriptedTokens.Person3);

        async Task ShouldRefuseAsync(string presented, string token)
        {
            var request = GatewayFixture.ModernPost(Modern(Url, more: Answered(presented)));
            request.Headers.Remove("Authorization");
            request.Headers.Add("Authorization", "Bearer " + token);
            using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.request_state_invalid");
        }
    }

    [Fact]
    public async Task The_prefix_of_a_request_state_elsewhere_in_a_message_means_nothing()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var body = GatewayFixture.Call.Replace("\"arguments\":{}", "\"arguments\":{\"text\":\"kh_rs_abc\",\"requestState\":\"kh_rs_abc\"}", StringComparison.Ordinal);

        await SendAsync(gateway, GatewayFixture.Post(body));

        Encoding.UTF8.GetString(gateway.Upstream.Last.Body).ShouldBe(body);
    }

    [Fact]
    public async Task A_stateless_client_that_cannot_open_urls_or_does_not_wait_for_input_gets_the_link_as_text()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = Lacking;

        (await SendAsync(gateway, GatewayFixture.ModernPost(Modern("{}")))).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32050);
        (await SendAsync(gateway, GatewayFixture.ModernPost(Modern(Url, "tools/list"), method: "tools/list", name: null))).GetProperty("error").GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("/connect/");
    }

    [Fact]
    public async Task What_only_the_operator_can_connect_carries_no_link()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = UpstreamAuthorization.Lacks([AuthorizationSamples.Cloud with { Owner = ProviderOwner.Shared }]);

        var error = (await SendAsync(gateway, GatewayFixture.Post())).GetProperty("error");

        error.GetProperty("message").GetString().ShouldBe("Cloud has to be connected before demo can be used. Only the operator of this server can do that.");
        error.GetProperty("data").TryGetProperty("url", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_request_of_a_batch_is_answered_and_nothing_else_is()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = Lacking;
        const string Batch = """
            [{"jsonrpc":"2.0","method":"notifications/progress"},{"jsonrpc":"2.0","id":1,"method":"tools/list"},
             {"jsonrpc":"2.0","id":9,"result":{}},{"jsonrpc":"2.0","id":"two","method":"tools/call","params":{"name":"echo"}}]
            """;

        var answers = (await SendAsync(gateway, Batched(Batch))).EnumerateArray().ToList();

        answers.Select(answer => answer.GetProperty("id").GetRawText()).ShouldBe(["1", "\"two\""]);
        foreach (var answer in answers)
        {
            answer.EnumerateObject().Select(member => member.Name).ShouldBe(["jsonrpc", "id", "error"]);
            answer.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32050);
        }

        answers[0].GetProperty("error").GetRawText().ShouldBe(answers[1].GetProperty("error").GetRawText());
        (await SendAsync(gateway, Batched("""[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"""))).GetArrayLength().ShouldBe(1);
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_nobody_waits_for_an_answer_the_challenge_says_it()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = Lacking;
        HttpRequestMessage[] requests =
        [
            GatewayFixture.Bodiless(HttpMethod.Get),
            GatewayFixture.Post("""{"jsonrpc":"2.0","method":"notifications/initialized"}"""),
            Batched("""[{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":9,"result":{}}]"""),
        ];

        foreach (var request in requests)
        {
            using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.reconnect_required");
        }
    }
}
