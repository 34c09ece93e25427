using System.Text.Json;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Tests.Upstream.Discovery;

public sealed class ClientRegistrationPolicyTests
{
    private static readonly OwnClient Own = new("Keyholder", "https://keys.example", "https://keys.example/upstream/callback", "https://keys.example/oauth/client.json");

    [Fact]
    public void The_request_asks_for_what_Keyholder_needs()
    {
        var body = JsonDocument.Parse(ClientRegistrationPolicy.Request(Own, "client_secret_basic", ["a", "b"])).RootElement;

        body.GetProperty("redirect_uris").EnumerateArray().Select(u => u.GetString()).ShouldBe(["https://keys.example/upstream/callback"]);
        body.GetProperty("grant_types").EnumerateArray().Select(u => u.GetString()).ShouldBe(["authorization_code", "refresh_token"]);
        body.GetProperty("response_types").EnumerateArray().Select(u => u.GetString()).ShouldBe(["code"]);
        body.GetProperty("token_endpoint_auth_method").GetString().ShouldBe("client_secret_basic");
        body.GetProperty("application_type").GetString().ShouldBe("web");
        body.GetProperty("scope").GetString().ShouldBe("a b");
        body.TryGetProperty("client_id", out _).ShouldBeFalse();
    }

    [Fact]
    public void The_metadata_document_names_itself_and_holds_no_secret()
    {
        var body = JsonDocument.Parse(Own.MetadataDocument).RootElement;

        body.GetProperty("client_id").GetString().ShouldBe("https://keys.example/oauth/client.json");
        body.GetProperty("client_name").GetString().ShouldBe("Keyholder");
        body.GetProperty("token_endpoint_auth_method").GetString().ShouldBe("none");
        body.EnumerateObject().ShouldNotContain(p => p.Name.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_nobody_else_can_fetch_is_no_client_id()
    {
        var local = new OwnClient("Keyholder", "http://localhost:5000", "http://localhost:5000/upstream/callback", "http://localhost:5000/oauth/client.json");

        local.HasDocument.ShouldBeFalse();
        local.ApplicationType.ShouldBe("native");
        Own.HasDocument.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, "client_secret_basic")]
    [InlineData("none client_secret_post client_secret_basic", "client_secret_basic")]
    [InlineData("none client_secret_post", "client_secret_post")]
    [InlineData("private_key_jwt none", "none")]
    [InlineData("private_key_jwt tls_client_auth", null)]
    [InlineData("", null)]
    public void The_best_method_both_sides_know_is_asked_for(string? supported, string? method) =>
        ClientRegistrationPolicy.MethodFor(supported?.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(method);

    [Theory]
    [InlineData("""{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"client_secret_post"}""", "client_secret_basic", "c", "s", "client_secret_post")]
    [InlineData("""{"client_id":"c","client_secret":"s"}""", "client_secret_post", "c", "s", "client_secret_post")]
    [InlineData("""{"client_id":"c","client_secret":"s"}""", "none", "c", "s", "client_secret_basic")]
    [InlineData("""{"client_id":"c"}""", "client_secret_basic", "c", null, "none")]
    [InlineData("""{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"none"}""", "none", "c", null, "none")]
    public void The_server_has_the_last_word_on_how_to_authenticate(string answer, string asked, string id, string? secret, string method) =>
        Read(answer, asked).ShouldBe(new RegisteredUpstreamClient(id, secret, method));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"client_id":7}""")]
    [InlineData("""{"client_id":"a\r\nb"}""")]
    [InlineData("""{"client_id":"c","client_secret":"s\u0000"}""")]
    [InlineData("""{"client_id":"c","token_endpoint_auth_method":"client_secret_basic"}""")]
    [InlineData("""{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"private_key_jwt"}""")]
    [InlineData("""{"error":"invalid_client_metadata"}""")]
    public void An_answer_that_makes_no_usable_client_makes_none(string answer) => Read(answer, "client_secret_basic").ShouldBeNull();

    [Fact]
    public void A_secret_that_ends_is_known_to_end()
    {
        Read("""{"client_id":"c","client_secret":"s","client_secret_expires_at":2000000000}""", "client_secret_basic")!.SecretExpiresAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000));
        Read("""{"client_id":"c","client_secret":"s","client_secret_expires_at":0}""", "client_secret_basic")!.SecretExpiresAt.ShouldBeNull();
        Read("""{"client_id":"c","client_secret":"s","client_secret_expires_at":99999999999999999}""", "client_secret_basic")!.SecretExpiresAt.ShouldBeNull();
    }

    [Fact]
    public void A_client_never_shows_its_secret() => new RegisteredUpstreamClient("c", "canary", "client_secret_basic").ToString().ShouldNotContain("canary");

    private static RegisteredUpstreamClient? Read(string answer, string asked)
    {
        using var json = JsonDocument.Parse(answer);
        return ClientRegistrationPolicy.Read(json.RootElement, asked);
    }
}
