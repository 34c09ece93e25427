using System.Globalization;
using System.Net;
using Keyholder.Mcp;
using Keyholder.Resources;

namespace Keyholder.Tests.Gateway;

/// <summary>What the grant of a virtual key opens at the gateway: calls, and what lists hold.</summary>
public sealed class VirtualKeyGrantGatewayTests : VirtualKeyGatewayContext
{
    [Fact]
    public async Task A_tool_outside_the_grant_is_refused_in_both_generations_though_it_was_never_listed()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "allowed");

        using var legacy = await _gateway.SendAsync(GatewayFixture.Post(token: text));
        legacy.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await legacy.Content.ReadAsStringAsync()).ShouldStartWith("""{"jsonrpc":"2.0","id":1,"error":{"code":-32602,""");
        GatewayAnswer.Challenge(legacy).ShouldBeEmpty();
        using var modern = GatewayFixture.ModernPost();
        modern.Headers.Remove("Authorization");
        modern.Headers.Add("Authorization", "Bearer " + text);
        await _gateway.ShouldRefuseAsync(modern, HttpStatusCode.Forbidden, "gateway.tool_not_granted");

        await GrantAsync(key, "demo", "allowed", "echo");
        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: text)), HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("json", """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo"}],"cacheScope":"private"}}""")]
    [InlineData("events", "id: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"echo\"}],\"cacheScope\":\"private\"}}\n\n")]
    public async Task Lists_hold_only_what_may_be_called_and_are_nobody_elses(string form, string expected)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        using var request = GatewayFixture.Post(List, text);
        request.Headers.Add("Mcp-Param-Form", form);

        using var answer = await _gateway.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).ShouldBe(expected);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl.ShouldNotBeNull().NoStore.ShouldBeTrue();
        answer.Content.Headers.ContentLength.ShouldBe(expected.Length);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("coded")]
    [InlineData("endless")]
    public async Task A_list_that_cannot_be_judged_is_not_passed_on(string form)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        using var request = GatewayFixture.Post(List, text);
        request.Headers.Add("Mcp-Param-Form", form);

        using var answer = await _gateway.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(answer)).ShouldBe("gateway.upstream_invalid_response");
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", HttpStatusCode.NotFound)]
    [InlineData("DELETE", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.ServiceUnavailable)]
    public async Task An_answer_that_is_no_list_keeps_its_status_and_loses_what_cannot_be_judged(string method, HttpStatusCode status)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        foreach (var form in new[] { "html", "coded" })
        {
            using var request = method == "POST" ? GatewayFixture.Post(List, text) : GatewayFixture.Bodiless(new HttpMethod(method), text);
            request.Headers.Add("Mcp-Param-Form", form);
            request.Headers.Add("Mcp-Param-Status", ((int)status).ToString(CultureInfo.InvariantCulture));

            using var answer = await _gateway.SendAsync(request);

            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            answer.Content.Headers.ContentType.ShouldBeNull();
            answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.BadRequest)]
    public async Task A_list_where_none_is_expected_is_filtered_all_the_same(string method, HttpStatusCode status)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        using var request = method == "POST" ? GatewayFixture.Post(List, text) : GatewayFixture.Bodiless(new HttpMethod(method), text);
        request.Headers.Add("Mcp-Param-Status", ((int)status).ToString(CultureInfo.InvariantCulture));

        using var answer = await _gateway.SendAsync(request);

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo"}],"cacheScope":"private"}}""");
    }

    [Fact]
    public async Task An_unrestricted_key_gets_lists_byte_for_byte_and_a_denied_tool_is_closed_to_everybody()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        await GrantAsync(key, "other");

        using var whole = await _gateway.SendAsync(GatewayFixture.Post(List, text));
        (await whole.Content.ReadAsStringAsync()).ShouldContain("secret");
        using var denied = await _gateway.SendAsync(GatewayFixture.Post(List, ScriptedTokens.AliceAtOther, "/mcp/other"));
        (await denied.Content.ReadAsStringAsync()).ShouldNotContain("secret");
        var call = GatewayFixture.Call.Replace("echo", "secret", StringComparison.Ordinal);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(call, text, "/mcp/other"), HttpStatusCode.Forbidden, "gateway.tool_not_granted");
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(call, ScriptedTokens.AliceAtOther, "/mcp/other"), HttpStatusCode.Forbidden, "gateway.tool_not_granted");
    }

    [Fact]
    public async Task A_tool_that_needs_a_scope_is_answered_with_one_challenge_naming_all_of_them()
    {
        await using var gateway = await GatewayFixture.StartAsync(configure: resource => resource with
        {
            Tools = new ResourceTools(ToolPolicy.Everything, new Dictionary<string, IReadOnlyList<string>> { ["echo"] = ["mcp:write", "mcp:admin"] }),
        });

        using var refused = await gateway.SendAsync(GatewayFixture.Post());
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await GatewayAnswer.ErrorIdAsync(refused)).ShouldBe("gateway.scope_insufficient");
        GatewayAnswer.Challenge(refused).ShouldContain("error=\"insufficient_scope\"");
        GatewayAnswer.Challenge(refused).ShouldContain("scope=\"mcp:read mcp:write mcp:admin\"");
        using var other = await gateway.SendAsync(GatewayFixture.Post(GatewayFixture.Call.Replace("echo", "add", StringComparison.Ordinal)));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
