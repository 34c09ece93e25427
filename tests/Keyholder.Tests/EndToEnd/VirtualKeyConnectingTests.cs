using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Audit;
using Keyholder.Tests.DemoUpstream;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.EndToEnd;

/// <summary>A headless agent whose key lacks an account, and how somebody brings it one.</summary>
public sealed class VirtualKeyConnectingTests : IAsyncLifetime
{
    private static readonly RequestOrigin Nowhere = new(null, null);
    private EndToEndHost _host = null!;
    private string _key = "";
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _host = await EndToEndHost.StartAsync();
        var (_, key, text) = await _host.Get<VirtualKeyRegistry>().CreateAsync("agent", null, null, "system", Nowhere, default);
        (_key, _id) = (text!, key.Id);
        foreach (var resource in new[] { "mail", "diary" })
        {
            await _host.Get<GrantRegistry>().PutAsync(key.Id, new Grant(resource, null), "system", Nowhere);
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("mail", false)]
    [InlineData("mail", true)]
    [InlineData("diary", false)]
    public async Task A_key_that_lacks_an_account_gets_a_link_somebody_connects_and_the_same_call_succeeds(string resource, bool inHeader)
    {
        var error = (await CallAsync(resource, inHeader))["error"].ShouldNotBeNull();
        ((int)error["code"]!, (string)error["data"]!["error_id"]!).ShouldBe((-32050, "gateway.connection_required"));

        await ConnectAsync((string)error["data"]!["url"]!);

        ((string)(await CallAsync(resource, inHeader))["result"]!["structuredContent"]!["account"]!).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task A_stateless_agent_that_can_open_links_is_asked_for_input_and_its_own_retry_succeeds()
    {
        var asked = (await CallAsync("mail", urls: true))["result"].ShouldNotBeNull();
        ((string)asked["resultType"]!).ShouldBe("input_required");

        await ConnectAsync((string)asked["inputRequests"]!["connect"]!["params"]!["url"]!);

        var answer = await CallAsync("mail", urls: true, more: new JsonObject
        {
            ["inputResponses"] = new JsonObject { ["connect"] = new JsonObject { ["action"] = "accept" } },
            ["requestState"] = (string)asked["requestState"]!,
        });
        ((string)answer["result"]!["structuredContent"]!["account"]!).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task An_agent_whose_session_can_open_links_gets_an_elicitation()
    {
        await ConnectAsync((string)(await CallAsync("mail"))["error"]!["data"]!["url"]!);
        var initialize = McpWire.LegacyRequest("/mcp/mail", "initialize", new JsonObject
        {
            ["protocolVersion"] = McpWire.Legacy,
            ["capabilities"] = new JsonObject { ["elicitation"] = new JsonObject { ["url"] = new JsonObject() } },
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        }, bearer: _key);
        using var opened = await _host.Http.SendAsync(initialize, TestContext.Current.CancellationToken);
        var session = opened.Headers.GetValues("Mcp-Session-Id").Single();
        await _host.Get<ICredentialVault>().DeleteAsync(new(new(CredentialOwnerKind.VirtualKey, _id), "demo"), default);

        using var call = McpWire.LegacyRequest("/mcp/mail", "tools/call", McpWire.Call("whoami"), session, _key);
        using var refused = await _host.Http.SendAsync(call, TestContext.Current.CancellationToken);

        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        ((int)error["code"]!).ShouldBe(-32042);
        ((string)error["data"]!["elicitations"]![0]!["url"]!).ShouldStartWith(EndToEndHost.Issuer + "/connect/");
    }

    /// <summary>Whoever has the key opens the link, shows the key and goes to the provider.</summary>
    private async Task ConnectAsync(string link)
    {
        link.ShouldStartWith(EndToEndHost.Issuer + "/connect/");
        using var browser = _host.CreateBrowser();
        var page = await browser.SubmitAsync(await browser.GetAsync(link[EndToEndHost.Issuer.Length..]), ("virtual_key", _key));
        var away = await browser.ApproveAsync(page);
        (await browser.GetAsync(await _host.VisitProviderAsync(away.Location.ShouldNotBeNull(away.Html), "demo-account-1"))).Title.ShouldStartWith("Connected");
    }

    private async Task<JsonNode> CallAsync(string resource, bool inHeader = false, bool urls = false, JsonObject? more = null)
    {
        var parameters = McpWire.Call("whoami");
        foreach (var (name, value) in more ?? [])
        {
            parameters[name] = value?.DeepClone();
        }

        var request = McpWire.ModernRequest("/mcp/" + resource, "tools/call", parameters, inHeader ? null : _key);
        if (urls)
        {
            var capabilities = parameters["_meta"]!["io.modelcontextprotocol/clientCapabilities"]!.AsObject();
            capabilities["elicitation"] = new JsonObject { ["url"] = new JsonObject() };
            var body = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = "tools/call", ["params"] = parameters.DeepClone() };
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        }

        if (inHeader)
        {
            request.Headers.Add("X-Keyholder-Key", _key);
        }

        using var response = await _host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text.StartsWith('{') ? JsonNode.Parse(text)! : (await McpWire.MessagesAsync(response))[^1];
    }
}
