using System.Net;
using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Endpoints;

public sealed class UpstreamClientEndpointTests
{
    [Fact]
    public async Task Keyholder_publishes_what_it_is_to_other_authorization_servers()
    {
        await using var host = await KeyholderHost.StartAsync(config => config with { Issuer = new Issuer("https://keys.example.com") });
        using var client = new HttpClient(host.CreateHandler()) { BaseAddress = new Uri("http://keys.example.com") };

        using var answer = await client.GetAsync("/oauth/client.json");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.CacheControl!.Public.ShouldBeTrue();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        document.RootElement.GetProperty("client_id").GetString().ShouldBe("https://keys.example.com/oauth/client.json");
        document.RootElement.GetProperty("redirect_uris")[0].GetString().ShouldBe("https://keys.example.com/upstream/callback");
    }
}
