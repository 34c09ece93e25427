using System.Text.Json;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Tests.Upstream.Discovery;

public sealed class ProtectedResourcePolicyTests
{
    private static readonly Uri Upstream = new("https://u.example/team/mcp");

    [Theory]
    [InlineData("https://u.example/team/mcp", "https://u.example/.well-known/oauth-protected-resource/team/mcp https://u.example/.well-known/oauth-protected-resource")]
    [InlineData("https://u.example:8443/mcp/", "https://u.example:8443/.well-known/oauth-protected-resource/mcp https://u.example:8443/.well-known/oauth-protected-resource")]
    [InlineData("https://u.example", "https://u.example/.well-known/oauth-protected-resource")]
    public void The_document_is_looked_for_below_the_path_and_at_the_root(string upstream, string uris) =>
        string.Join(' ', ProtectedResourcePolicy.WellKnownUris(new Uri(upstream))).ShouldBe(uris);

    [Theory]
    [InlineData("https://u.example/team/mcp")]
    [InlineData("https://u.example/team/mcp/")]
    [InlineData("https://U.example/team/mcp")]
    [InlineData("https://u.example/team")]
    [InlineData("https://u.example/")]
    [InlineData("https://u.example")]
    public void A_resource_that_is_or_contains_the_upstream_is_believed(string resource)
    {
        var (found, _) = Read($$"""{"resource":"{{resource}}","authorization_servers":["https://as.example"],"scopes_supported":["a","b","a",7,"x y"]}""");

        found!.Resource.ShouldBe(resource);
        found.Issuer.ShouldBe("https://as.example");
        found.Scopes.ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("https://evil.example/team/mcp")]
    [InlineData("https://u.example.evil.example/team/mcp")]
    [InlineData("http://u.example/team/mcp")]
    [InlineData("https://u.example:444/team/mcp")]
    [InlineData("https://u.example/team/mcp/more")]
    [InlineData("https://u.example/tea")]
    [InlineData("https://u.example/other")]
    [InlineData("https://u.example/TEAM/mcp")]
    [InlineData("https://x@u.example/team/mcp")]
    [InlineData("https://u.example/team/mcp#f")]
    [InlineData("https://u.example/team/mcp?x=1")]
    [InlineData("/team/mcp")]
    [InlineData("")]
    public void A_resource_that_is_somebody_else_is_not_believed(string resource) =>
        Read($$"""{"resource":"{{resource}}","authorization_servers":["https://as.example"]}""").Resource.ShouldBeNull();

    [Theory]
    [InlineData("""{"resource":"https://u.example/team/mcp"}""")]
    [InlineData("""{"resource":"https://u.example/team/mcp","authorization_servers":[]}""")]
    [InlineData("""{"resource":"https://u.example/team/mcp","authorization_servers":"https://as.example"}""")]
    [InlineData("""{"resource":"https://u.example/team/mcp","authorization_servers":[7]}""")]
    [InlineData("""{"authorization_servers":["https://as.example"]}""")]
    [InlineData("""{"resource":["https://u.example/team/mcp"],"authorization_servers":["https://as.example"]}""")]
    public void A_document_without_resource_or_authorization_server_is_of_no_use(string document) => Read(document).Resource.ShouldBeNull();

    [Fact]
    public void What_the_challenge_asks_for_goes_before_what_the_document_lists()
    {
        const string document = """{"resource":"https://u.example/team/mcp","authorization_servers":["https://as.example"],"scopes_supported":["all"]}""";

        Read(document, "read write").Resource!.Scopes.ShouldBe(["read", "write"]);
        Read(document, "bad\\scope").Resource!.Scopes.ShouldBe(["all"]);
        Read(document, "").Resource!.Scopes.ShouldBe(["all"]);
    }

    private static (ProtectedResource? Resource, string? Problem) Read(string document, string? scope = null)
    {
        using var json = JsonDocument.Parse(document);
        return ProtectedResourcePolicy.Read(json.RootElement, Upstream, scope is null ? null : new UpstreamChallenge(null, scope, null));
    }
}
