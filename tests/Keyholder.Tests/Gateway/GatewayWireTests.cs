using System.Text;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Gateway;

/// <summary>Bytes that two HTTP parsers could read differently. Each is followed by a second request on the same connection: whether it is answered says where the first one ended.</summary>
public sealed class GatewayWireTests : IAsyncLifetime
{
    private const string Headers = "Host: localhost:7717\r\nAuthorization: Bearer " + ScriptedTokens.Person3 + "\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";
    private const string Next = "GET /healthz/live HTTP/1.1\r\nHost: localhost:7717\r\nConnection: close\r\n\r\n";
    private static readonly string Body = GatewayFixture.Call;
    private static readonly string Chunked = $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";
    private static readonly string Length = $"Content-Length: {Body.Length}\r\n";
    private GatewayFixture _gateway = null!;

    /// <summary>Name, the first request, and the statuses that come back.</summary>
    public static TheoryData<string, string, string> Requests => new()
    {
        { "plain", Post(Length) + Body, "200 200" },
        { "chunks", Post("Transfer-Encoding: chunked\r\n") + Chunked, "200 200" },
        { "length and chunks", Post($"Content-Length: {Chunked.Length}\r\nTransfer-Encoding: chunked\r\n") + Chunked, "200" },
        { "chunks and a short length", Post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + Chunked, "200" },
        { "the same length twice", Post(Length + Length) + Body, "400" },
        { "two lengths", Post(Length + "Content-Length: 3\r\n") + Body, "400" },
        { "a list of lengths", Post($"Content-Length: {Body.Length}, {Body.Length}\r\n") + Body, "400" },
        { "space before the colon", Post($"Content-Length : {Body.Length}\r\n") + Body, "400" },
        { "an unknown transfer coding", Post("Transfer-Encoding: xchunked\r\n") + Chunked, "400" },
        { "chunks that are not last", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + Chunked, "400" },
        { "compressed chunks", Post("Transfer-Encoding: gzip, chunked\r\n") + Chunked, "415 200" },
        { "chunks in HTTP/1.0", Post("Transfer-Encoding: chunked\r\n", "1.0") + Chunked, "200" },
        { "a chunk size that overflows", Post("Transfer-Encoding: chunked\r\n") + $"fffffffffffffffff\r\n{Body}\r\n0\r\n\r\n", "400" },
        { "a chunk extension with a line feed", Post("Transfer-Encoding: chunked\r\n") + $"{Body.Length:x};\n{Body}\r\n0\r\n\r\n", "400" },
        { "credentials in trailers", Post("Transfer-Encoding: chunked\r\n").Replace("Authorization", "X-Other") + Chunked.Replace("0\r\n\r\n", $"0\r\nAuthorization: Bearer {ScriptedTokens.Person3}\r\n\r\n"), "401 200" },
        { "a folded header", Post("X-A: b\r\n c\r\n" + Length) + Body, "400" },
        { "a NUL in a header", Post("X-A: b\0c\r\n" + Length) + Body, "400" },
        { "two hosts", Post("Host: evil.example\r\n" + Length) + Body, "400" },
        { "another absolute target", (Post(Length) + Body).Replace("POST ", "POST http://evil.example"), "400" },
        { "the own absolute target", (Post(Length) + Body).Replace("POST ", "POST http://localhost:7717"), "404 200" },
        { "a fragment", (Post(Length) + Body).Replace("/mcp/demo", "/mcp/demo#x"), "404 200" },
        { "dot segments", (Post(Length) + Body).Replace("/mcp/demo", "/x/../mcp/demo"), "404 200" },
        { "a refused body that is a request", Post($"Content-Length: {Next.Length}\r\n").Replace("/mcp/demo", "/mcp/nope") + Next, "404 200" },
        { "a body too large that is a request", Post("Content-Length: 99999999\r\n") + Next, "413" },
        { "a GET whose body is a request", Post($"Content-Length: {Next.Length}\r\n").Replace("POST", "GET").Replace("application/json, ", "") + Next, "400 200" },
        { "an upgrade to HTTP/2", Post("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n" + Length) + Body, "200 200" },
        { "an upgrade to a tunnel", Post("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n" + Length) + Body, "200 200" },
        { "an authorization that is hop by hop", Post("Connection: Authorization\r\n" + Length) + Body, "200 200" },
    };

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public async Task A_request_ends_where_it_says_or_the_connection_does(string name, string request, string statuses)
    {
        var answers = await ExchangeAsync(_gateway.Host, request + Next);

        string.Join(' ', answers.Split("HTTP/1.1 ").Skip(1).Select(answer => answer[..3])).ShouldBe(statuses, name);
        var forwarded = statuses.StartsWith("200", StringComparison.Ordinal) ? 1 : 0;
        _gateway.Upstream.Requests.Count.ShouldBe(forwarded, name);
        _gateway.Upstream.Requests.ShouldAllBe(r => r.Method == "POST" && r.Body.SequenceEqual(Encoding.UTF8.GetBytes(Body)) && r.Headers["Content-Length"] == Body.Length.ToString());
        _gateway.Host.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Content-Length: 99999999\r\n", true, "413")]
    [InlineData("Content-Length: 10\r\n", false, "401")]
    public async Task A_body_nobody_wants_is_refused_before_the_client_sends_it(string length, bool authorized, string status)
    {
        var request = Post(length + "Expect: 100-continue\r\nConnection: close\r\n");
        var answer = await ExchangeAsync(_gateway.Host, authorized ? request : request.Replace("Authorization", "X-Other", StringComparison.Ordinal), status);

        answer.ShouldStartWith("HTTP/1.1 " + status);
    }

    private static string Post(string headers, string version = "1.1") => $"POST /mcp/demo HTTP/{version}\r\n{Headers}{headers}\r\n";

    /// <summary>Writes all of it and reads until the server closes, or has said <paramref name="enough"/>.</summary>
    private static async Task<string> ExchangeAsync(KeyholderHost host, string request, string? enough = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var stream = host.Connect();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        var received = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while ((enough is null || !received.ToString().Contains(enough, StringComparison.Ordinal)) && await stream.ReadAsync(buffer, patience.Token) is > 0 and var read)
            {
                received.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
        }

        return received.ToString();
    }
}
