using System.Diagnostics;
using System.Net;
using Keyholder.Resources;
using Keyholder.Tests.Authorization;
using Keyholder.Upstream;
using Microsoft.AspNetCore.Http;

namespace Keyholder.Tests.Gateway;

public sealed class GatewayForwardingTests
{
    [Fact]
    public async Task Only_what_was_understood_goes_out_with_exactly_one_credential()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.ModernPost();
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["Cookie"] = "a=b",
            ["X-Forwarded-For"] = "1.2.3.4",
            ["X-Forwarded-Host"] = "evil.example",
            ["Forwarded"] = "for=1.2.3.4",
            ["X-Real-IP"] = "1.2.3.4",
            ["Via"] = "1.1 x",
            ["Proxy-Authorization"] = "Basic x",
            ["X-Auth-Request-User"] = "root",
            ["X-User-Id"] = "root",
            ["Remote-User"] = "root",
            ["X-Keyholder-Anything"] = "1",
            ["X-HTTP-Method-Override"] = "DELETE",
            ["X-Api-Key"] = "mine",
            ["Referer"] = "http://localhost:7717/",
            ["Origin"] = "http://localhost:7717",
            ["baggage"] = "secret=1",
            ["Mcp-Unknown"] = "x",
            ["Mcp-Session-Id"] = "stateless-clients-have-none",
            ["Mcp-Param-Region"] = "eu",
            ["Upgrade"] = "websocket",
            ["Connection"] = "upgrade",
            ["Expect"] = "100-continue",
        })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await gateway.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var sent = gateway.Upstream.Last.Headers;
        sent.Keys.Where(k => !k.Equals("traceparent", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase).ShouldBe(
            ["Accept", "Authorization", "Content-Length", "Content-Type", "Host", "Mcp-Method", "Mcp-Name", "Mcp-Param-Region", "MCP-Protocol-Version", "User-Agent"],
            Case.Insensitive);
        sent["Authorization"].ShouldBe("Bearer " + ScriptedAuthorizer.FirstCredential);
        sent["Host"].ShouldBe(gateway.Upstream.Url.Authority);
        sent["User-Agent"].ShouldBe("keyholder");
    }

    [Fact]
    public async Task The_callers_trace_goes_on_at_the_upstream()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.ModernPost();
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "vendor=1");

        using var response = await gateway.SendAsync(request);

        var sent = gateway.Upstream.Last.Headers;
        sent["traceparent"].ShouldStartWith("00-0af7651916cd43dd8448eb211c80319c-");
        sent["traceparent"].ShouldNotContain("b7ad6b7169203331");
        sent["tracestate"].ShouldBe("vendor=1");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not a trace")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public async Task A_call_without_a_trace_begins_one(string? given)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.ModernPost();
        if (given is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", given);
        }

        using var response = await gateway.SendAsync(request);

        ActivityContext.TryParse(gateway.Upstream.Last.Headers["traceparent"], null, out var trace).ShouldBeTrue();
        trace.TraceId.ShouldNotBe(default);
    }

    [Fact]
    public async Task An_answer_cannot_speak_in_Keyholders_name()
    {
        await using var gateway = await GatewayFixture.StartAsync(context =>
        {
            var headers = context.Response.Headers;
            headers.WWWAuthenticate = "Bearer resource_metadata=\"https://evil.example\"";
            headers.SetCookie = "session=evil";
            headers.Server = "x";
            headers.AltSvc = "h3=\":443\"";
            headers.StrictTransportSecurity = "max-age=1";
            headers.AccessControlAllowOrigin = "*";
            headers.Location = "https://evil.example";
            headers.CacheControl = "public, max-age=60";
            headers["Clear-Site-Data"] = "*";
            headers["X-RateLimit-Remaining"] = "3";
            context.Response.StatusCode = 403;
            return context.Response.WriteAsync("no");
        });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.Content.ReadAsStringAsync()).ShouldBe("no");
        response.Headers.CacheControl!.ToString().ShouldBe("no-store");
        response.Headers.GetValues("X-RateLimit-Remaining").ShouldBe(["3"]);
        foreach (var name in new[] { "WWW-Authenticate", "Set-Cookie", "Server", "Alt-Svc", "Strict-Transport-Security", "Access-Control-Allow-Origin", "Location", "Clear-Site-Data" })
        {
            response.Headers.Contains(name).ShouldBeFalse(name);
        }
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(304)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_and_not_passed_on(int status)
    {
        await using var gateway = await GatewayFixture.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "https://evil.example/";
            return Task.CompletedTask;
        });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_redirected");
        response.Headers.Location.ShouldBeNull();
        gateway.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task After_a_401_the_same_bytes_go_out_once_more_with_a_fresh_credential()
    {
        await using var gateway = await GatewayFixture.StartAsync(RejectUnless(ScriptedAuthorizer.SecondCredential));

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Contains("WWW-Authenticate").ShouldBeFalse();
        gateway.Upstream.Requests.Select(r => r.Headers["Authorization"]).ShouldBe(
            ["Bearer " + ScriptedAuthorizer.FirstCredential, "Bearer " + ScriptedAuthorizer.SecondCredential]);
        gateway.Upstream.Requests.Select(r => System.Text.Encoding.UTF8.GetString(r.Body)).ShouldAllBe(b => b == GatewayFixture.Call);
        gateway.Authorizer.Reauthorizations.ShouldBe(1);
        gateway.Authorizer.Rejected!.Used[0].Version.ShouldBe(1);
    }

    [Fact]
    public async Task After_a_second_401_the_person_has_to_reconnect()
    {
        await using var gateway = await GatewayFixture.StartAsync(RejectUnless("nothing"));

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        GatewayAnswer.Challenge(response).ShouldStartWith("Bearer error=\"invalid_token\", resource_metadata=\"http://localhost:7717/");
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.reconnect_required");
        gateway.Upstream.Requests.Count.ShouldBe(2);
        gateway.Authorizer.Reauthorizations.ShouldBe(2);
    }

    [Theory]
    [InlineData(200, true, true)]
    [InlineData(202, true, true)]
    [InlineData(200, false, false)]
    [InlineData(401, true, false)]
    [InlineData(403, true, false)]
    [InlineData(404, true, false)]
    [InlineData(500, true, false)]
    [InlineData(302, true, false)]
    public async Task Only_an_upstream_that_serves_a_credential_it_refused_before_takes_it_again(int status, bool isRetry, bool accepted)
    {
        await using var gateway = await GatewayFixture.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        gateway.Authorizer.First = gateway.Authorizer.First with { IsRetry = isRetry };

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        gateway.Authorizer.Accepted.ShouldBe(accepted ? gateway.Authorizer.First : null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_request_can_do_without_is_left_out_when_it_is_refused_and_asked_for_when_it_cannot(bool takesAnybody)
    {
        await using var gateway = await GatewayFixture.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization.Count > 0 || !takesAnybody ? 401 : 200;
            return Task.CompletedTask;
        });
        gateway.Authorizer.Third = UpstreamAuthorization.Nothing with { LeftOut = [AuthorizationSamples.Cloud] };

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Upstream.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization")).ShouldBe(
            ["Bearer " + ScriptedAuthorizer.FirstCredential, "Bearer " + ScriptedAuthorizer.SecondCredential, null]);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("gateway.connection_required", StringComparison.Ordinal).ShouldBe(!takesAnybody);
    }

    [Fact]
    public async Task An_upstream_that_takes_nobody_without_what_nobody_connected_is_asked_once_and_the_person_gets_a_link()
    {
        await using var gateway = await GatewayFixture.StartAsync(RejectUnless("nothing"));
        gateway.Authorizer.First = gateway.Authorizer.Second = gateway.Authorizer.Third = UpstreamAuthorization.Nothing with { LeftOut = [AuthorizationSamples.Cloud] };

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.connection_required");
        gateway.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_credential_nothing_goes_out()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Authorizer.First = ScriptedAuthorizer.ReconnectRequired;

        await gateway.ShouldRefuseAsync(GatewayFixture.Post(), HttpStatusCode.Unauthorized, "gateway.reconnect_required");
        await gateway.ShouldRefuseAsync(GatewayFixture.Bodiless(HttpMethod.Get), HttpStatusCode.Unauthorized, "gateway.reconnect_required");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_provider_that_cannot_be_reached_is_503_with_its_own_retry_after(bool atOnce)
    {
        await using var gateway = await GatewayFixture.StartAsync(RejectUnless("nothing"));
        var unavailable = new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.TemporarilyUnavailable, RetryAfter = TimeSpan.FromSeconds(16.5) };
        gateway.Authorizer.First = atOnce ? unavailable : gateway.Authorizer.First;
        gateway.Authorizer.Second = unavailable;

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(17));
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.credential_unavailable");
        gateway.Upstream.Requests.Count.ShouldBe(atOnce ? 0 : 1);
    }

    [Theory]
    [InlineData(ResourceAuthKind.None)]
    [InlineData(ResourceAuthKind.StaticHeaders)]
    public async Task A_refused_configured_credential_is_the_operators_matter_not_the_clients(ResourceAuthKind kind)
    {
        await using var gateway = await GatewayFixture.StartAsync(RejectUnless("nothing"), resource => resource with { Auth = kind });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_refused_credential");
        gateway.Authorizer.Reauthorizations.ShouldBe(0);
    }

    [Fact]
    public async Task An_upstream_that_cannot_be_reached_is_502()
    {
        await using var gateway = await GatewayFixture.StartAsync(configure: resource => resource with { Upstream = new Uri("http://127.0.0.1:1/mcp") });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_unreachable");
        gateway.Host.Logs.Lines.ShouldContain(line => line.Contains("the forward failed: Unreachable (ConnectionError)"));
    }

    [Fact]
    public async Task An_upstream_that_hangs_up_is_502()
    {
        await using var gateway = await GatewayFixture.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_invalid_response");
    }

    [Fact]
    public async Task An_upstream_that_stays_silent_is_504()
    {
        await using var gateway = await GatewayFixture.StartAsync(
            context =>
            {
                var gone = new TaskCompletionSource();
                context.RequestAborted.Register(gone.SetResult);
                return gone.Task;
            },
            resource => resource with { ActivityTimeout = TimeSpan.FromMilliseconds(200) });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_timed_out");
    }

    [Fact]
    public async Task A_truncated_answer_is_visibly_truncated()
    {
        await using var gateway = await GatewayFixture.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{\"half\":");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            using var response = await gateway.SendAsync(GatewayFixture.Post());
            response.EnsureSuccessStatusCode();
        });
    }

    [Fact]
    public async Task A_session_id_is_the_clients_own()
    {
        await using var gateway = await GatewayFixture.StartAsync(context =>
        {
            context.Response.Headers["Mcp-Session-Id"] = "upstream-session";
            return ScriptedUpstream.Ok(context);
        });
        using var initialized = await gateway.SendAsync(GatewayFixture.Post());
        var session = initialized.Headers.GetValues("Mcp-Session-Id").Single();
        session.ShouldNotBe("upstream-session");

        using var own = await gateway.SendAsync(With(GatewayFixture.Post(), session));
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Upstream.Last.Headers["Mcp-Session-Id"].ShouldBe("upstream-session");
        using var ended = await gateway.SendAsync(With(GatewayFixture.Bodiless(HttpMethod.Delete), session));
        ended.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Upstream.Last.Method.ShouldBe("DELETE");

        foreach (var stranger in new[]
        {
            With(GatewayFixture.Post(token: ScriptedTokens.Person2), session),
            With(GatewayFixture.Post(token: ScriptedTokens.AliceOtherClient), session),
            With(GatewayFixture.Post(token: ScriptedTokens.AliceAtOther, path: "/mcp/other"), session),
            With(GatewayFixture.Bodiless(HttpMethod.Get, ScriptedTokens.Person2), session),
            With(GatewayFixture.Bodiless(HttpMethod.Delete, ScriptedTokens.Person2), session),
            With(GatewayFixture.Post(), "upstream-session"),
            With(GatewayFixture.Post(), session + "x"),
        })
        {
            await gateway.ShouldRefuseAsync(stranger, HttpStatusCode.NotFound, "gateway.session_unknown");
        }
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string session)
    {
        request.Headers.TryAddWithoutValidation("Mcp-Session-Id", session);
        return request;
    }

    private static RequestDelegate RejectUnless(string credential) => context =>
    {
        if (context.Request.Headers.Authorization == "Bearer " + credential)
        {
            return ScriptedUpstream.Ok(context);
        }

        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = "Bearer resource_metadata=\"https://evil.example\"";
        return context.Response.WriteAsync("who are you");
    };
}
