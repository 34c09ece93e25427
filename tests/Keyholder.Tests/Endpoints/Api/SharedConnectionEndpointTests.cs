using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keyholder.Resources;
using Keyholder.Tests.Authorization;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class SharedConnectionEndpointTests
{
    private static readonly Provider Shared = AuthorizationSamples.Cloud with { Name = "shared", Owner = ProviderOwner.Shared };

    private static Task<ApiHost> StartAsync() => ApiHost.StartAsync(configure: configuration => configuration with
    {
        Resources = new ResourceSnapshot(configuration.Resources.Resources, [AuthorizationSamples.Cloud, Shared]),
    });

    [Fact]
    public async Task An_administrator_gets_the_link_at_which_a_shared_provider_is_connected()
    {
        await using var host = await StartAsync();

        var (status, answer) = await PostAsync(host, await host.AdminTokenAsync(), """{"provider":"shared"}""");

        status.ShouldBe(HttpStatusCode.Created);
        answer.GetProperty("url").GetString().ShouldStartWith("http://localhost:7717/connect/");
        answer.GetProperty("expires_in").GetInt32().ShouldBe(600);
    }

    [Theory]
    [InlineData("""{"provider":"cloud"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"unknown"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":""}""", "api.body_invalid")]
    [InlineData("""{"provider":7}""", "api.body_invalid")]
    [InlineData("{}", "api.body_invalid")]
    [InlineData("""{"provider":"cloud","virtual_key_id":"x"}""", "api.body_invalid")]
    [InlineData("""{"provider":"cloud","resource":null}""", "api.body_invalid")]
    [InlineData("""{"provider":"shared","more":1}""", "api.body_invalid")]
    public async Task There_is_no_link_for_anything_else(string body, string error)
    {
        await using var host = await StartAsync();

        var (_, answer) = await PostAsync(host, await host.AdminTokenAsync(), body);

        answer.GetProperty("error_id").GetString().ShouldBe(error);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(ApiHost host, string token, string body)
    {
        using var http = host.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/credentials/connect") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, json.RootElement.Clone());
    }
}
