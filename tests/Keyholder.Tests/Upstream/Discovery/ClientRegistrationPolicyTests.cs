using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Tests.Upstream.Discovery;

public sealed class ClientRegistrationPolicyTests
{
    private static readonly OwnClient Own = new(new Issuer("https://keys.example"));
    private static readonly Provider Remote = RemoteServer.Provider() with { DisplayName = "Remote tools", Scopes = ["a", "b"] };

    [Fact]
    public void The_request_asks_for_what_Keyholder_needs()
    {
        var body = JsonDocument.Parse(ClientRegistrationPolicy.Request(Own, Remote, "client_secret_basic")).RootElement;

        body.GetProperty("client_name").GetString().ShouldBe("Keyholder (Remote tools)");
        body.GetProperty("redirect_uris").EnumerateArray().Select(u => u.GetString()).ShouldBe(["https://keys.example/callback/remote"]);
        body.GetProperty("grant_types").EnumerateArray().Select(u => u.GetString()).ShouldBe(["authorization_code", "refresh_token"]);
        body.GetProperty("response_types").EnumerateArray().Select(u => u.GetString()).ShouldBe(["code"]);
        body.GetProperty("token_endpoint_auth_method").GetString().ShouldBe("client_secret_basic");
        body.GetProperty("application_type").GetString().ShouldBe("web");
        body.GetProperty("scope").GetString().ShouldBe("a b");
        body.TryGetProperty("client_id", out _).ShouldBeFalse();
    }

    [Fact]
    public void The_metadata_document_names_itself_and_its_provider_and_holds_no_secret()
    {
        var body = JsonDocument.Parse(Own.MetadataDocumentOf(Remote)).RootElement;

        body.GetProperty("client_id").GetString().ShouldBe("https://keys.example/oauth/client/remote.json");
        body.GetProperty("client_name").GetString().ShouldBe("Keyholder (Remote tools)");
        body.GetProperty("redirect_uris").EnumerateArray().Select(u => u.GetString()).ShouldBe(["https://keys.example/callback/remote"]);
        body.GetProperty("token_endpoint_auth_method").GetString().ShouldBe("none");
        body.EnumerateObject().ShouldNotContain(p => p.Name.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void No_two_providers_share_a_document_or_a_redirect_URI()
    {
        var other = Remote with { Name = "remote-2" };

        Own.DocumentUriOf(other).ShouldNotBe(Own.DocumentUriOf(Remote));
        Own.CallbackOf(other).ShouldNotBe(Own.CallbackOf(Remote));
        foreach (var own in new[] { Own.CallbackOf(other), Own.CallbackOf(Remote) })
        {
            // Some authorization servers take whatever lies below a registered redirect URI for registered too.
            own.ShouldNotStartWith(Own.SharedCallback);
            Own.SharedCallback.ShouldNotStartWith(own);
        }
    }

    [Fact]
    public void The_former_document_of_all_providers_still_refreshes_and_leads_nowhere()
    {
        var body = JsonDocument.Parse(Own.FormerMetadataDocument).RootElement;

        body.GetProperty("client_id").GetString().ShouldBe("https://keys.example/oauth/client.json");
        body.GetProperty("grant_types").EnumerateArray().Select(u => u.GetString()).ShouldBe(["refresh_token"]);
        body.GetProperty("response_types").GetArrayLength().ShouldBe(0);
        body.GetProperty("redirect_uris").EnumerateArray().Select(u => u.GetString()).ShouldBe(["https://keys.example/oauth/client.json"]);
        body.GetProperty("token_endpoint_auth_method").GetString().ShouldBe("none");
    }

    [Fact]
    public void A_document_nobody_else_can_fetch_is_no_client_id()
    {
        var local = new OwnClient(new Issuer("http://localhost:5000"));

        local.HasDocuments.ShouldBeFalse();
        local.ApplicationType.ShouldBe("native");
        Own.HasDocuments.ShouldBeTrue();
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
