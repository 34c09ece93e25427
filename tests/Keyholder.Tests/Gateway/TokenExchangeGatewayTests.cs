using System.Net;
using Keyholder.Resources;
using Keyholder.Tests.Upstream;
using Microsoft.AspNetCore.Http;

namespace Keyholder.Tests.Gateway;

public sealed class TokenExchangeGatewayTests
{
    [Fact]
    public async Task The_upstream_gets_what_was_issued_and_never_the_clients_token()
    {
        await using var gateway = await StartAsync("""{"access_token":"exchanged","token_type":"Bearer","expires_in":300}""");

        using var response = await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.Jwt));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Upstream.Last.Headers["Authorization"].ShouldBe("Bearer exchanged");
        gateway.Upstream.Requests.Where(r => !r.Target.StartsWith("/token", StringComparison.Ordinal)).ShouldAllBe(
            r => !string.Concat(r.Headers.Values).Contains(ScriptedTokens.Jwt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_exchange_nothing_is_forwarded()
    {
        await using var gateway = await StartAsync("""{"error":"invalid_target"}""");

        using var response = await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.Jwt));

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.exchange_refused");
        gateway.Upstream.Requests.ShouldHaveSingleItem().Target.ShouldBe("/token");
    }

    [Fact]
    public async Task An_upstream_that_refuses_every_exchanged_token_costs_two_exchanges()
    {
        await using var gateway = await StartAsync("""{"access_token":"exchanged","token_type":"Bearer"}""", StatusCodes.Status401Unauthorized);

        for (var i = 0; i < 3; i++)
        {
            using var response = await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.Jwt));
            response.Headers.Contains("WWW-Authenticate").ShouldBeFalse();
            (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.exchange_refused");
        }

        gateway.Upstream.Requests.Count(r => r.Target == "/token").ShouldBe(2);
    }

    [Fact]
    public async Task A_token_that_another_request_got_while_this_one_was_rejected_is_tried_too()
    {
        GatewayFixture gateway = null!;
        var tokens = 0;
        gateway = await GatewayFixture.StartAsync(
            async context =>
            {
                if (context.Request.Path == "/token")
                {
                    context.Response.ContentType = "application/json";
                    await context.Response.WriteAsync($$"""{"access_token":"exchanged-{{Interlocked.Increment(ref tokens)}}","token_type":"Bearer","expires_in":10}""");
                }
                else if (context.Request.Headers.Authorization == "Bearer exchanged-1")
                {
                    // While the upstream thinks, the token ends and another call gets the next one.
                    gateway.Host.Time.Advance(TimeSpan.FromSeconds(11));
                    (await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.Jwt))).StatusCode.ShouldBe(HttpStatusCode.OK);
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                }
                else
                {
                    await ScriptedUpstream.Ok(context);
                }
            },
            Exchanging);
        await using var running = gateway;

        using var response = await gateway.SendAsync(GatewayFixture.Post(token: ScriptedTokens.Jwt));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        tokens.ShouldBe(2);
    }

    [Fact]
    public async Task A_refusal_for_scopes_that_no_connection_could_grant_is_passed_on_in_our_own_words()
    {
        await using var gateway = await GatewayFixture.StartAsync(
            context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                context.Response.Headers.WWWAuthenticate = """Bearer error="insufficient_scope", scope="write", resource_metadata="https://evil.example/" """;
                return Task.CompletedTask;
            },
            resource => resource with
            {
                Providers = [new ResourceProvider(Providers.Configured() with { ClientId = "", Scopes = [], Discovery = new() { Upstream = resource.Upstream } })],
            });

        using var response = await gateway.SendAsync(GatewayFixture.Post());

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Headers.Contains("WWW-Authenticate").ShouldBeFalse();
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe("gateway.upstream_scopes_insufficient");
    }

    private static Task<GatewayFixture> StartAsync(string answer, int status = StatusCodes.Status200OK) => GatewayFixture.StartAsync(
        context =>
        {
            if (context.Request.Path == "/token")
            {
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(answer);
            }

            context.Response.StatusCode = status;
            return status == StatusCodes.Status200OK ? ScriptedUpstream.Ok(context) : Task.CompletedTask;
        },
        Exchanging);

    private static Resource Exchanging(Resource resource) => resource with
    {
        Auth = ResourceAuthKind.TokenExchange,
        Exchange = new() { Provider = Providers.Configured() with { TokenEndpoint = new Uri(resource.Upstream, "/token") } },
    };
}
