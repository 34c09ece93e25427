using System.Net;

namespace Keyholder.Tests.Gateway;

/// <summary>Upstreams that break HTTP: what they send reaches no client but as a clean answer, and does not touch the next request.</summary>
public sealed class LyingUpstreamTests
{
    private const string Json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private const string Whole = Json + "Content-Length: 2\r\n\r\n{}";

    public static TheoryData<string> Broken =>
    [
        "",
        "<html>hello</html>",
        "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\0",
        "HTTP/1.1 407 Proxy\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
        Json + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc\0",
        Json + "Content-Length: -5\r\n\r\n{}",
        Json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        Json + "X-Big: " + new string('a', 200_000) + "\r\nContent-Length: 2\r\n\r\n{}",
        Json + "Content-Length: 2\r\nContent-Disposition: attachment; filename=\"\u00e9\"\r\n\r\n{}",
        Json + "Content-Length: 2\r\nRetry-After: a\u0001b\r\n\r\n{}",
        Json + "Content-Length: 2\r\nMcp-Session-Id: a\r\nMcp-Session-Id: b\r\n\r\n{}",
        Json + "Content-Length: 2\r\nMcp-Session-Id: \u00e9\r\n\r\n{}",
    ];

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public async Task What_is_not_an_answer_is_502_with_everything_an_answer_of_ours_carries(string sent)
    {
        await using var upstream = new RawUpstream(_ => sent);
        await using var gateway = await StartAsync(upstream);

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_invalid_response");
        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("X-Request-Id").Single().ShouldNotBeEmpty();
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.Select(h => h.Key).Except(["Date", "Transfer-Encoding", "Cache-Control", "X-Request-ID", "X-Content-Type-Options", "Referrer-Policy"]).ShouldBeEmpty();
        ShouldHaveLoggedNoError(gateway);
    }

    [Theory]
    [InlineData("204 No Content", "")]
    [InlineData("204 No Content", "Content-Type: application/json\r\nContent-Length: 5\r\n")]
    [InlineData("204 No Content", "Content-Type: text/event-stream\r\n")]
    [InlineData("205 Reset Content", "Content-Type: application/json\r\nContent-Length: 5\r\n")]
    [InlineData("205 Reset Content", "Content-Type: text/event-stream\r\n")]
    public async Task A_status_without_content_has_none_whatever_the_upstream_says(string status, string headers)
    {
        await using var upstream = new RawUpstream(_ => $"HTTP/1.1 {status}\r\n{headers}\r\nhello");
        await using var gateway = await StartAsync(upstream);

        for (var request = 0; request < 2; request++)
        {
            using var response = await gateway.SendAsync(GatewayFixture.Post());

            ((int)response.StatusCode).ToString().ShouldBe(status[..3]);
            response.Content.Headers.ContentType.ShouldBeNull();
            (await response.Content.ReadAsStringAsync()).ShouldBeEmpty();
        }

        ShouldHaveLoggedNoError(gateway);
    }

    [Fact]
    public async Task Bytes_after_an_answer_are_never_the_next_ones_answer()
    {
        await using var upstream = new RawUpstream(_ => Whole + Json + "Content-Length: 4\r\n\r\nEVIL\0");
        await using var gateway = await StartAsync(upstream);

        for (var request = 0; request < 5; request++)
        {
            using var response = await gateway.SendAsync(GatewayFixture.Post(token: request % 2 == 0 ? ScriptedTokens.Person3 : ScriptedTokens.Person2));
            (await response.Content.ReadAsStringAsync()).ShouldBe("{}");
        }

        upstream.Connections.ShouldBe(5);
    }

    [Theory]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nSet-Cookie: a=b\r\n\r\n" + Whole)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + Whole)]
    [InlineData(Json + "Transfer-Encoding: chunked\r\nTrailer: X-Evil\r\n\r\n2\r\n{}\r\n0\r\nX-Evil: 1\r\nSet-Cookie: a=b\r\n\r\n")]
    [InlineData(Json + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}")]
    public async Task Interim_answers_trailers_and_framing_stay_between_the_gateway_and_the_upstream(string sent)
    {
        await using var upstream = new RawUpstream(_ => sent);
        await using var gateway = await StartAsync(upstream);

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("{}");
        response.TrailingHeaders.ShouldBeEmpty();
        response.Headers.Contains("Link").ShouldBeFalse();
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_compressed_answer_passes_as_it_is()
    {
        await using var upstream = new RawUpstream(_ => Json + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008bxx");
        await using var gateway = await StartAsync(upstream);

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe([0x1f, 0x8b, (byte)'x', (byte)'x']);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    public async Task An_answer_shorter_than_announced_is_seen_to_be_short(string type)
    {
        await using var upstream = new RawUpstream(_ => $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: 100\r\n\r\n{{}}");
        await using var gateway = await StartAsync(upstream);

        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            using var response = await gateway.SendAsync(GatewayFixture.Post());
            await response.Content.ReadAsStringAsync();
        });

        ShouldHaveLoggedNoError(gateway);
    }

    [Fact]
    public async Task A_large_body_refused_before_it_was_read_goes_out_whole_a_second_time()
    {
        var heads = 0;
        await using var upstream = new RawUpstream(_ => Interlocked.Increment(ref heads) == 1 ? "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n\0" : Whole + "\0");
        await using var gateway = await GatewayFixture.StartAsync(configure: r => r with { Upstream = upstream.Url, MaxRequestBodyBytes = 4 * 1024 * 1024 });
        var body = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"@"}}}""".Replace("@", new string('x', 3_000_000), StringComparison.Ordinal);

        using var response = await gateway.SendAsync(GatewayFixture.Post(body));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        heads.ShouldBe(2);
        upstream.Connections.ShouldBe(1);
    }

    private static Task<GatewayFixture> StartAsync(RawUpstream upstream) => GatewayFixture.StartAsync(configure: r => r with { Upstream = upstream.Url });

    // Upstreams must not be able to fill the log with stack traces of Keyholder's own.
    private static void ShouldHaveLoggedNoError(GatewayFixture gateway) =>
        gateway.Host.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal)).ShouldBeEmpty();
}
