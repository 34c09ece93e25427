using System.Net;
using System.Text.Json;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Hosting;

public sealed class RequestProtectionTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fresh_server_is_alive()
    {
        await using var host = await KeyholderHost.StartAsync();
        using var client = host.CreateClient();

        var response = await client.GetAsync("/healthz/live", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("X-Request-Id").Single().Length.ShouldBe(16);
        response.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost")]
    [InlineData("localhost:7718")]
    [InlineData("localhost.evil.example:7717")]
    public async Task A_request_for_another_host_is_refused(string name)
    {
        await using var host = await KeyholderHost.StartAsync();
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = name;

        var response = await client.SendAsync(request, Token);

        response.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        error.RootElement.GetProperty("error").GetString().ShouldBe("invalid_host");
    }

    [Theory]
    [InlineData("localhost:7717")]
    [InlineData("LOCALHOST:7717")]
    [InlineData("127.0.0.1:7717")]
    [InlineData("[::1]:7717")]
    public async Task Every_loopback_name_reaches_a_loopback_server(string name)
    {
        await using var host = await KeyholderHost.StartAsync();
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Host = name;

        var response = await client.SendAsync(request, Token);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("abcd1234")]
    [InlineData("0af7651916cd43dd8448eb211c80319c")]
    public async Task A_well_formed_request_id_is_kept(string id) => (await RequestIdForAsync(id)).ShouldBe(id);

    [Theory]
    [InlineData("short")]
    [InlineData("has a space in it")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Any_other_request_id_is_replaced(string id)
    {
        var answered = await RequestIdForAsync(id);

        answered.ShouldNotBe(id);
        answered.Length.ShouldBe(16);
    }

    [Fact]
    public async Task A_failure_answers_server_error_with_a_request_id_and_nothing_else()
    {
        var broken = false;
        await using var host = await KeyholderHost.StartAsync(services: services => services.AddTransient(
            provider => broken ? throw new InvalidOperationException("canary") : provider.GetRequiredService<IKeyholderStorage>().Users));
        broken = true;
        using var client = host.CreateClient();

        var response = await client.GetAsync("/healthz/ready", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync(Token)).ShouldBe("""{"error":"server_error","error_description":"The server could not complete the request."}""");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        var id = response.Headers.GetValues("X-Request-Id").Single();
        host.Logs.Lines.ShouldContain(line => line.Contains("[2101]") && line.Contains(id) && line.Contains("canary"));
    }

    [Fact]
    public async Task Ready_is_an_answer_of_the_storage()
    {
        await using var host = await KeyholderHost.StartAsync();
        using var client = host.CreateClient();

        (await client.GetAsync("/healthz/ready", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.Services.GetRequiredService<IKeyholderStorage>().DisposeAsync();
        (await client.GetAsync("/healthz/ready", Token)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("10.0.0.7", "203.0.113.9")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    public async Task Forwarded_addresses_count_only_from_a_trusted_proxy(string peer, string seen)
    {
        string? address = null;
        await using var host = await KeyholderHost.StartAsync(
            config => config with { TrustedProxies = [IPNetwork.Parse("10.0.0.0/8")] },
            services => services.AddSingleton<IStartupFilter>(new Probe(context => address = context.Connection.RemoteIpAddress?.ToString())));
        using var client = host.CreateClient(IPAddress.Parse(peer));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/live");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9, 10.0.0.8");

        await client.SendAsync(request, Token);

        address.ShouldBe(seen);
    }

    private static async Task<string> RequestIdForAsync(string id)
    {
        await using var host = await KeyholderHost.StartAsync();
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/live");
        request.Headers.TryAddWithoutValidation("X-Request-Id", id);
        return (await client.SendAsync(request, Token)).Headers.GetValues("X-Request-Id").Single();
    }

    private sealed class Probe(Action<HttpContext> look) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Response.OnStarting(() =>
                {
                    look(context);
                    return Task.CompletedTask;
                });
                return rest(context);
            });
            next(app);
        };
    }
}
