using System.Net;
using System.Text.Json.Nodes;
using DemoUpstream.Control;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Tests.DemoUpstream;
using Keyholder.Tokens;

namespace Keyholder.Tests.EndToEnd;

/// <summary>Streams, sessions of MCP and the end of a Keyholder session, with a real MCP server behind.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(777);
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));
    private EndToEndHost _host = null!;
    private ConnectedClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EndToEndHost.StartAsync();
        _client = await _host.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _patience.Dispose();
    }

    [Fact]
    public async Task Progress_arrives_while_the_tool_still_works()
    {
        using var response = await WorkAsync(3, _patience.Token);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(_patience.Token));
        for (var step = 1; step <= 3; step++)
        {
            var next = NextAsync(stream);
            await TickUntilAsync(() => next.IsCompleted);
            (await next)["params"]!["progress"]!.GetValue<double>().ShouldBe(step);
        }

        (await NextAsync(stream))["result"].ShouldNotBeNull();
        (await stream.ReadToEndAsync(_patience.Token)).Trim().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_work_upstream()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_patience.Token);
        using (var response = await WorkAsync(1000, gone.Token))
        {
            using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(gone.Token));
            var next = NextAsync(stream);
            await TickUntilAsync(() => next.IsCompleted);
            await next;
            await gone.CancelAsync();
        }

        // The upstream's wait on the clock ends with its request: nobody waits any more.
        await EndToEndHost.UntilAsync(() => _host.Time.CountWaiting(Step) == 0);
        (await _client.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_ends_takes_its_streams_and_its_access_tokens_along_at_once(bool byReplay)
    {
        using var response = await WorkAsync(1000, _patience.Token);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(_patience.Token));
        var next = NextAsync(stream);
        await TickUntilAsync(() => next.IsCompleted);
        await next;
        var other = await _host.ConnectAsync("files");

        if (byReplay)
        {
            var stolen = _client.RefreshToken;
            await _client.RefreshAsync();
            await _client.RefreshAsync();
            (await _client.RefreshAsync(stolen)).Error.ShouldBe("invalid_grant");
        }
        else
        {
            await RevokeAsync();
        }

        await Should.ThrowAsync<IOException>(() => stream.ReadToEndAsync(_patience.Token));
        await _client.ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "gateway.token_invalid");
        (await _client.RefreshAsync(_client.RefreshToken)).Error.ShouldBe("invalid_grant");
        (await other.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task An_MCP_session_lives_through_the_gateway_and_belongs_to_its_client_alone()
    {
        using var initialized = await _client.SendAsync(McpWire.Initialize(_client.Path, _client.AccessToken));
        initialized.StatusCode.ShouldBe(HttpStatusCode.OK);
        var session = initialized.Headers.GetValues("Mcp-Session-Id").Single();
        (await WhoAmIAsync(_client, session)).StatusCode.ShouldBe(HttpStatusCode.OK);

        // The same session goes on after a refresh of the access token; nobody else's does, not even the same person's in another client.
        (await _client.RefreshAsync()).Succeeded.ShouldBeTrue();
        (await WhoAmIAsync(_client, session)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var stranger in new[] { await _host.ConnectAsync(user: "person2", account: "demo-account-2"), await _host.ConnectAsync(), await _host.ConnectAsync("files") })
        {
            (await WhoAmIAsync(stranger, session)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        // A listening stream hears what the upstream announces, and ends with the session.
        using var listening = await _client.StreamAsync(McpWire.Bare(HttpMethod.Get, _client.Path, session, _client.AccessToken), _patience.Token);
        listening.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var events = new StreamReader(await listening.Content.ReadAsStreamAsync(_patience.Token));
        _host.Upstream.AnnounceTools();
        ((string)(await NextAsync(events))["method"]!).ShouldBe("notifications/tools/list_changed");
        using var ended = await _client.SendAsync(McpWire.Bare(HttpMethod.Delete, _client.Path, session, _client.AccessToken));
        ended.IsSuccessStatusCode.ShouldBeTrue();
        (await WhoAmIAsync(_client, session)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_upstream_that_breaks_off_mid_answer_is_seen_to_break_off_and_the_next_call_works()
    {
        _host.Misbehave(s => s with { ApiFault = ApiFault.AbortMidBody, ApiFaultTimes = 1 });

        // The break is seen while the answer is read, or already while its head is awaited.
        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            using var response = await _client.StreamAsync(_client.Call("whoami"), _patience.Token);
            await response.Content.ReadAsStringAsync(_patience.Token);
        });

        (await _client.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task Only_the_headers_of_the_protocol_and_one_credential_reach_the_upstream()
    {
        var call = _client.Call("headers");
        foreach (var name in new[]
        {
            "Cookie", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "X-User", "X-Api-Key", "Proxy-Authorization", "DPoP",
            "Origin-Agent", "Via", "Traceparent", "Baggage", "X-Keyholder-Subject", "TE", "Expect-CT", "Upgrade", "X-HTTP-Method-Override",
        })
        {
            call.Headers.TryAddWithoutValidation(name, name == "Upgrade" ? "websocket" : "trailers").ShouldBeTrue();
        }

        using var response = await _client.SendAsync(call);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = (await McpWire.ResultAsync(response))["structuredContent"]!;
        seen["names"]!.AsArray().Select(n => (string)n!).Except(["traceparent"])
            .ShouldBe(["accept", "authorization", "content-length", "content-type", "host", "mcp-method", "mcp-name", "mcp-protocol-version", "user-agent"]);
        ((string)seen["credentials"]!["authorization"]!).ShouldBe("access token of the demo provider");
    }

    /// <summary>Begins a call that reports progress after every step; the upstream's headers come with the first.</summary>
    private async Task<HttpResponseMessage> WorkAsync(int steps, CancellationToken cancellationToken)
    {
        var call = _client.Call("slow", new JsonObject { ["steps"] = steps, ["intervalMs"] = 777 });
        var body = JsonNode.Parse(await call.Content!.ReadAsStringAsync(cancellationToken))!;
        body["params"]!["_meta"]!["progressToken"] = "p";
        call.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        var answer = _client.StreamAsync(call, cancellationToken);
        await TickUntilAsync(() => answer.IsCompleted);
        return await answer;
    }

    private static async Task<HttpResponseMessage> WhoAmIAsync(ConnectedClient client, string session) =>
        await client.SendAsync(McpWire.LegacyRequest(client.Path, "tools/call", McpWire.Call("whoami"), session, client.AccessToken));

    private Task<JsonNode> NextAsync(StreamReader stream) => McpWire.NextAsync(stream, _patience.Token);

    // The upstream begins to wait on the clock some time after its headers are out.
    private Task TickUntilAsync(Func<bool> condition) => EndToEndHost.UntilAsync(() =>
    {
        if (!condition() && _host.Time.CountWaiting(Step) > 0)
        {
            _host.Time.Advance(Step);
        }

        return condition();
    });

    private async Task RevokeAsync()
    {
        _host.Get<IAccessTokenValidator>().Validate(_client.AccessToken, _client.ResourceUri, out var token).ShouldBe(AccessTokenOutcome.Valid);
        (await _host.Get<SessionRevoker>().RevokeAsync(token!.SessionId, RevocationReasons.Operator, "user:admin", new RequestOrigin(null, null)))
            .ShouldBe(Keyholder.Storage.SessionRevokeOutcome.Revoked);
    }
}
