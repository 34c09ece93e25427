using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keyholder.Conformance.Running;
using Walkthrough;
using Walkthrough.Servers;

namespace Keyholder.Conformance;

/// <summary>Two nodes on one PostgreSQL, and the operator's command line.</summary>
public sealed class KillSwitchTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyholder-conformance-");
    private readonly HttpClient _http = new();
    private PostgresServer? _postgres;
    private DemoEnvironment? _demo;

    private DemoEnvironment Demo => _demo!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await Postgres.StartAsync();
        _demo = await DemoEnvironment.StartAsync(
            new DemoEnvironmentOptions
            {
                DataFolder = _folder.FullName,
                Settings = new Dictionary<string, string>
                {
                    ["KEYHOLDER__storage__kind"] = "postgres",
                    ["KEYHOLDER__storage__connectionString"] = _postgres.ConnectionString,
                    ["KEYHOLDER__vault__keyFile"] = Path.Combine(_folder.FullName, "vault.key"),

                    // So slow that only what the database tells a node can explain how soon it knows.
                    ["KEYHOLDER__revocation__pollInterval"] = "30s",
                    ["KEYHOLDER__revocation__maxStaleness"] = "90s",
                },
            },
            Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_token_revoked_on_the_command_line_is_refused_by_every_node_and_others_are_not()
    {
        var (process, another) = await Demo.StartAnotherAsync(Cancellation);
        await using var _ = process;
        var revoked = await PlainClient.AuthorizeAsync(Demo, Demo.Resource("open"), Cancellation);
        var kept = await PlainClient.AuthorizeAsync(Demo, Demo.Resource("open"), Cancellation);
        foreach (var node in (Uri[])[Demo.Issuer, another])
        {
            (await CallAsync(node, revoked)).ShouldBe(HttpStatusCode.OK);
        }

        await Demo.RunAsync(["token", "revoke", TokenId(revoked)], Cancellation);

        var acknowledged = Stopwatch.GetTimestamp();
        foreach (var node in (Uri[])[another, Demo.Issuer])
        {
            HttpStatusCode? status;
            while ((status = await CallAsync(node, revoked)) != HttpStatusCode.Unauthorized && Stopwatch.GetElapsedTime(acknowledged) < TimeSpan.FromSeconds(5))
            {
            }

            status.ShouldBe(HttpStatusCode.Unauthorized);
            (await CallAsync(node, kept)).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_token_revoked_while_the_server_is_down_is_dead_when_it_comes_back_and_the_audit_trail_says_who_did_it()
    {
        var tokens = await PlainClient.AuthorizeAsync(Demo, Demo.Resource("open"), Cancellation);
        (await CallAsync(Demo.Issuer, tokens)).ShouldBe(HttpStatusCode.OK);

        await Demo.KillAndRestartAsync(() => Demo.RunAsync(["token", "revoke", TokenId(tokens), "--reason", "break glass"], Cancellation), Cancellation);

        (await CallAsync(Demo.Issuer, tokens)).ShouldBe(HttpStatusCode.Unauthorized);
        var trail = (await Demo.RunAsync(["audit"], Cancellation)).Split('\n').Where(line => line.Contains(TokenId(tokens), StringComparison.Ordinal)).ToList();
        trail.ShouldHaveSingleItem().ShouldContain($"cli:{Environment.UserName}");
        trail[0].ShouldContain("break glass");
    }

    private static string TokenId(PlainClientTokens tokens)
    {
        var claims = tokens.AccessToken.Split('.')[1];
        return JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(claims)).RootElement.GetProperty("jti").GetString()!;
    }

    /// <summary>The status; null when the revocation cut the connection of a call under way.</summary>
    private async Task<HttpStatusCode?> CallAsync(Uri node, PlainClientTokens tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/mcp/open"))
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Host = Demo.Issuer.Authority;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
