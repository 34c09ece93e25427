using System.Net;
using System.Text.Json;
using Keyholder.Mcp;
using Keyholder.Resources;

namespace Keyholder.Tests.Gateway;

/// <summary>What the gateway answers in its own name when it refuses a batch.</summary>
public sealed class BatchRefusalTests
{
    private const string Granted = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}""";
    private const string NotGranted = """{"jsonrpc":"2.0","id":"two","method":"tools/call","params":{"name":"secret"}}""";
    private const string Notification = """{"jsonrpc":"2.0","method":"notifications/progress"}""";
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";
    private const string Response = """{"jsonrpc":"2.0","id":9,"result":{}}""";

    [Theory]
    [InlineData($"[{Notification},{Granted},{Response},{NotGranted}]", "1 \"two\"")]
    [InlineData($"[{NotGranted},{Granted}]", "\"two\" 1")]
    [InlineData($"[{NotGranted}]", "\"two\"")]
    public async Task A_batch_with_one_call_that_is_not_granted_is_refused_whole_with_an_error_for_each_request(string batch, string ids)
    {
        await using var gateway = await StartAsync();

        var answer = await SendAsync(gateway, batch, HttpStatusCode.Forbidden);

        answer.EnumerateArray().Select(error => error.GetProperty("id").GetRawText()).ShouldBe(ids.Split(' '));
        foreach (var error in answer.EnumerateArray())
        {
            error.EnumerateObject().Select(member => member.Name).ShouldBe(["jsonrpc", "id", "error"]);
            ErrorIdOf(error).ShouldBe("gateway.tool_not_granted");
        }

        answer.GetRawText().ShouldNotContain("secret");
        gateway.Upstream.Requests.ShouldBeEmpty();
        (await SendAsync(gateway, $"[{Granted}]", HttpStatusCode.OK)).ValueKind.ShouldBe(JsonValueKind.Object);
        gateway.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_batch_in_which_nobody_waits_is_one_error_without_an_id()
    {
        await using var gateway = await StartAsync();

        const string Unawaited = """{"jsonrpc":"2.0","method":"tools/call","params":{"name":"secret"}}""";
        var answer = await SendAsync(gateway, $"[{Notification},{Unawaited},{Response}]", HttpStatusCode.Forbidden);

        answer.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        ErrorIdOf(answer).ShouldBe("gateway.tool_not_granted");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Headers_that_contradict_a_batch_are_said_to_each_of_its_requests()
    {
        await using var gateway = await StartAsync();

        var answer = await SendAsync(gateway, $"[{Granted},{Notification}]", HttpStatusCode.BadRequest, ("Mcp-Method", "tools/call"));

        var error = answer.EnumerateArray().ShouldHaveSingleItem();
        error.GetProperty("id").GetInt32().ShouldBe(1);
        ErrorIdOf(error).ShouldBe("gateway.method_mismatch");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2025-06-18", "gateway.batch_not_allowed")]
    [InlineData("2025-11-25", "gateway.batch_not_allowed")]
    [InlineData(McpProtocolVersions.V20260728, "gateway.batch_not_allowed")]
    [InlineData("1999-01-01", "gateway.version_unsupported")]
    public async Task A_version_without_batches_has_no_answers_to_one_either(string version, string errorId)
    {
        await using var gateway = await StartAsync();

        var answer = await SendAsync(gateway, $"[{Granted},{NotGranted}]", HttpStatusCode.BadRequest, ("MCP-Protocol-Version", version));

        answer.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        ErrorIdOf(answer).ShouldBe(errorId);
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData($"[{Granted},{{}}]")]
    [InlineData($"[{Granted}")]
    public async Task What_is_no_batch_of_messages_is_one_error_without_an_id(string body)
    {
        await using var gateway = await StartAsync();

        var answer = await SendAsync(gateway, body, HttpStatusCode.BadRequest);

        answer.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(101)]
    [InlineData(1_500)]
    public async Task A_batch_of_more_than_100_messages_is_one_small_error_however_many_they_are(int messages)
    {
        await using var gateway = await StartAsync();

        var answer = await SendAsync(gateway, $"[{string.Join(',', Enumerable.Repeat(Ping, messages))}]", HttpStatusCode.BadRequest);

        answer.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32600);
        ErrorIdOf(answer).ShouldBe("gateway.batch_too_large");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_of_100_messages_reaches_the_upstream()
    {
        await using var gateway = await StartAsync();

        await SendAsync(gateway, $"[{string.Join(',', Enumerable.Repeat(Granted, 100))}]", HttpStatusCode.OK);

        gateway.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_response_that_is_refused_is_not_answered_under_the_id_of_the_upstreams_request()
    {
        await using var gateway = await StartAsync();

        var answer = await SendAsync(gateway, Response, HttpStatusCode.BadRequest, ("Mcp-Method", "tools/call"));

        answer.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        ErrorIdOf(answer).ShouldBe("gateway.method_mismatch");
    }

    private static Task<GatewayFixture> StartAsync() => GatewayFixture.StartAsync(
        configure: resource => resource with { Tools = new ResourceTools(new ToolPolicy(null, new(["secret"])), new Dictionary<string, IReadOnlyList<string>>()) });

    private static string? ErrorIdOf(JsonElement error) => error.GetProperty("error").GetProperty("data").GetProperty("error_id").GetString();

    private static async Task<JsonElement> SendAsync(GatewayFixture gateway, string body, HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        using var request = GatewayFixture.Post(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await gateway.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return JsonDocument.Parse(text).RootElement;
    }
}
