using System.Net;
using System.Text.Json;
using Keyholder.Tests.Testing;

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
}
