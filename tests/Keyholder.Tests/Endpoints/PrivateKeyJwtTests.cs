using System.Net;
using Keyholder.Clients;
using Keyholder.Server.Configuration;
using Keyholder.Tests.Clients;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Endpoints;

/// <summary>A configured client that signs, at the token endpoint of the whole server.</summary>
public sealed class PrivateKeyJwtTests : IDisposable
{
    private const string Issuer = "http://localhost:7717";
    private readonly ManualTimeProvider _time = new();
    private readonly TestAssertions _keys;

    public PrivateKeyJwtTests() => _keys = new TestAssertions(_time);

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_signed_assertion_authenticates_with_or_without_a_client_id_and_once()
    {
        await using var host = await StartAsync();
        var assertion = _keys.Sign("agent", audience: Issuer);

        (await PostAsync(host, assertion, clientId: "agent")).ShouldBe((HttpStatusCode.BadRequest, "invalid_grant"));
        (await PostAsync(host, assertion)).ShouldBe((HttpStatusCode.Unauthorized, "invalid_client"));
        (await PostAsync(host, _keys.Sign("agent", audience: Issuer))).ShouldBe((HttpStatusCode.BadRequest, "invalid_grant"));
        host.Logs.ToString()!.ShouldNotContain(assertion);
    }

    [Fact]
    public async Task An_assertion_that_disagrees_with_the_rest_of_the_request_is_refused()
    {
        await using var host = await StartAsync();

        (await PostAsync(host, _keys.Sign("agent", audience: Issuer), clientId: "other")).Error.ShouldBe("invalid_request");
        (await PostAsync(host, _keys.Sign("agent", audience: Issuer), type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")).Error.ShouldBe("invalid_client");
        (await PostAsync(host, _keys.Sign("agent", audience: Issuer), secret: "x")).Error.ShouldBe("invalid_request");
        (await PostAsync(host, _keys.Sign("nobody", audience: Issuer))).Error.ShouldBe("invalid_client");
        (await PostAsync(host, "a.b.c")).Error.ShouldBe("invalid_client");
    }

    [Fact]
    public async Task The_client_cannot_do_without_its_assertion()
    {
        await using var host = await StartAsync();

        (await PostAsync(host, assertion: null, clientId: "agent")).Error.ShouldBe("invalid_client");
        (await PostAsync(host, assertion: null, clientId: "agent", secret: "x")).Error.ShouldBe("invalid_client");
    }

    [Theory]
    [InlineData("\"jwks\":\"{}\"", "clients.agent.jwks")]
    [InlineData("\"jwksUri\":\"http://agent.example/jwks\"", "clients.agent.jwksUri")]
    [InlineData("\"authMethod\":\"private_key_jwt\"", "clients.agent.authMethod")]
    [InlineData("\"jwksUri\":\"https://agent.example/jwks\",\"authMethod\":\"none\"", "clients.agent.authMethod")]
    [InlineData("\"jwksUri\":\"https://agent.example/jwks\",\"secret\":\"0123456789abcdef\"", "clients.agent.authMethod")]
    public void Keys_that_cannot_work_are_mistakes_of_the_configuration(string members, string path)
    {
        var result = ConfigurationLoader.Parse($$$"""{ "clients": { "agent": { "redirectUris": ["https://agent.example/cb"], {{{members}}} } } }""", new Dictionary<string, string>());

        result.Problems.ShouldContain(problem => problem.Path == path);
    }

    private static async Task<(HttpStatusCode Status, string Error)> PostAsync(
        KeyholderHost host, string? assertion, string? clientId = null, string? type = ClientAssertions.AssertionType, string? secret = null)
    {
        (string Name, string? Value)[] form =
        [
            ("grant_type", "refresh_token"), ("refresh_token", "kh_rt_unknown"), ("client_id", clientId), ("client_secret", secret),
            ("client_assertion", assertion), ("client_assertion_type", assertion is null ? null : type),
        ];
        using var content = new FormUrlEncodedContent(form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await host.CreateClient().PostAsync("/token", content);
        using var json = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, json.RootElement.GetProperty("error").GetString()!);
    }

    private Task<KeyholderHost> StartAsync() => KeyholderHost.StartAsync(
        $$$"""{ "clients": { "agent": { "redirectUris": ["https://agent.example/cb"], "jwks": {{{System.Text.Json.JsonSerializer.Serialize(_keys.Jwks)}}} } } }""", time: _time);
}
