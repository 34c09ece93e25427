using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Keyholder.Tests.Gateway;

public sealed class GatewayMessageTests
{
    [Theory]
    [InlineData("{", "gateway.message_malformed", -32700)]
    [InlineData("", "gateway.message_malformed", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","\u006dethod":"tools/call"}""", "gateway.member_duplicate", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","NAME":"b"}}""", "gateway.member_ambiguous", -32600)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""", "gateway.message_invalid", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""", "gateway.name_missing", -32602)]
    public async Task A_body_that_could_be_misread_never_reaches_the_upstream(string body, string errorId, int code)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await gateway.SendAsync(GatewayFixture.Post(body));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe(errorId);
        (await GatewayAnswer.CodeAsync(response)).ShouldBe(code);
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-07-28", "tools/call", null, "gateway.name_mismatch")]
    [InlineData("2026-07-28", null, "echo", "gateway.method_mismatch")]
    [InlineData(null, "tools/call", "echo", "gateway.version_mismatch")]
    [InlineData("2026-07-28", "tools/call", "other", "gateway.name_mismatch")]
    public async Task Headers_that_contradict_the_body_are_a_header_mismatch(string? version, string? method, string? name, string errorId)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await gateway.SendAsync(GatewayFixture.ModernPost(version: version, method: method, name: name));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe(errorId);
        (await GatewayAnswer.CodeAsync(response)).ShouldBe(-32020);
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_repeated_header_is_refused_even_when_both_values_agree()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var body = GatewayFixture.ModernCall;

        var raw = await RawExchange.SendAsync(
            gateway.Host,
            $"POST /mcp/demo HTTP/1.1\r\nHost: localhost:7717\r\nAuthorization: Bearer {ScriptedTokens.Person3}\r\nContent-Type: application/json\r\n"
            + $"MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: echo\r\nmcp-name: echo\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        raw.StatusCode.ShouldBe(400);
        raw.Text.ShouldContain("gateway.header_invalid");
        gateway.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unsupported_version_is_answered_with_the_supported_ones_and_the_requests_id()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var response = await gateway.SendAsync(GatewayFixture.ModernPost(version: "2099-01-01"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("id").GetInt32().ShouldBe(1);
        var error = json.RootElement.GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(-32022);
        error.GetProperty("data").GetProperty("supported").EnumerateArray().First().GetString().ShouldBe("2026-07-28");
        error.GetProperty("data").GetProperty("requested").GetString().ShouldBe("2099-01-01");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    [InlineData(null)]
    public async Task A_body_that_is_not_declared_as_JSON_is_415(string? contentType)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post();
        request.Content!.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.UnsupportedMediaType, "gateway.content_type_unsupported");
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post();
        request.Content!.Headers.ContentEncoding.Add("gzip");

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.UnsupportedMediaType, "gateway.content_type_unsupported");
    }

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("text/event-stream", false)]
    [InlineData("text/html", false)]
    [InlineData("application/json, text/event-stream;q=0", false)]
    [InlineData("*/*, text/event-stream;q=0", false)]
    [InlineData("text/event-stream, application/json", true)]
    [InlineData("application/json;q=0.9, text/event-stream;q=0.8", true)]
    [InlineData("APPLICATION/JSON, text/*", true)]
    [InlineData("*/*", true)]
    [InlineData(null, true)]
    public async Task Accept_has_to_cover_both_forms_of_answer(string? accept, bool accepted)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Post();
        request.Headers.Remove("Accept");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(accepted ? HttpStatusCode.OK : HttpStatusCode.NotAcceptable);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_413_announced_or_not(bool chunked)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var pad = new string('x', 64 * 1024);
        using var request = GatewayFixture.Post($$$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"{{{pad}}}"}}""");
        request.Headers.TransferEncodingChunked = chunked;

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.RequestEntityTooLarge, "gateway.body_too_large");
    }

    [Fact]
    public async Task A_chunked_body_of_the_largest_size_arrives_byte_for_byte()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var frame = """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":""}}""".Length;
        var pad = new string('x', (64 * 1024) - frame);
        var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"{{{pad}}}"}}""";
        using var request = GatewayFixture.Post(body);
        request.Headers.TransferEncodingChunked = true;

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Upstream.Last.Body.ShouldBe(Encoding.UTF8.GetBytes(body));
        gateway.Upstream.Last.Headers["Content-Length"].ShouldBe("65536");
    }

    [Fact]
    public async Task A_query_is_refused_and_never_reaches_the_upstream()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        await gateway.ShouldRefuseAsync(GatewayFixture.Post(path: "/mcp/demo?tenant=8"), HttpStatusCode.BadRequest, "gateway.query_not_allowed");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Only_POST_has_a_body(string method)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Bodiless(new HttpMethod(method));
        request.Content = new StringContent(GatewayFixture.Call, Encoding.UTF8, "application/json");

        await gateway.ShouldRefuseAsync(request, HttpStatusCode.BadRequest, "gateway.body_not_allowed");
    }
}
