using Keyholder.Clients;

namespace Keyholder.Tests.Clients;

public sealed class ClientMetadataDocumentPolicyTests
{
    [Theory]
    [InlineData("https://app.example.com/client.json")]
    [InlineData("https://app.example.com:8443/a/b")]
    [InlineData("https://app.example.com/a?v=2")]
    [InlineData("https://app.example.com/%7Euser/client")]
    public void An_https_url_with_a_path_is_a_document(string id) =>
        ClientMetadataDocumentPolicy.IsDocumentUrl(id, allowLoopback: false).ShouldBeTrue();

    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/?x=1")]
    [InlineData("https://app.example.com?x=/a")]
    [InlineData("http://app.example.com/client.json")]
    [InlineData("HTTPS://app.example.com/client.json")]
    [InlineData("https://user@app.example.com/client.json")]
    [InlineData("https://user:pw@app.example.com/client.json")]
    [InlineData("https://app.example.com/client.json#x")]
    [InlineData("https://app.example.com/client.json#")]
    [InlineData("https://app.example.com/a/../client.json")]
    [InlineData("https://app.example.com/a/./client.json")]
    [InlineData("https://app.example.com/%2e%2e/client.json")]
    [InlineData("https://app.example.com/a%2F..%2Fclient.json")]
    [InlineData("https://app.example.com\\client.json")]
    [InlineData("https:///client.json")]
    [InlineData("https:/client.json")]
    [InlineData("https://äpp.example.com/client.json")]
    [InlineData("https://0x7f.1/client.json")]
    [InlineData("https://app.example.com/client\n.json")]
    [InlineData("kh_cl_abc")]
    [InlineData("")]
    public void Nothing_else_is(string id) => ClientMetadataDocumentPolicy.IsDocumentUrl(id, allowLoopback: false).ShouldBeFalse();

    [Fact]
    public void A_longer_url_than_2048_characters_is_not()
    {
        var longest = "https://app.example.com/" + new string('a', ClientMetadataDocumentPolicy.MaxLength - 24);

        ClientMetadataDocumentPolicy.IsDocumentUrl(longest, allowLoopback: false).ShouldBeTrue();
        ClientMetadataDocumentPolicy.IsDocumentUrl(longest + "a", allowLoopback: false).ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://localhost:3000/client.json", true)]
    [InlineData("http://127.0.0.1:3000/client.json", true)]
    [InlineData("http://127.0.0.2:3000/client.json", false)]
    [InlineData("http://localhost.example.com/client.json", false)]
    public void Plain_http_is_for_this_machine_and_only_when_switched_on(string id, bool accepted)
    {
        ClientMetadataDocumentPolicy.IsDocumentUrl(id, allowLoopback: true).ShouldBe(accepted);
        ClientMetadataDocumentPolicy.IsDocumentUrl(id, allowLoopback: false).ShouldBeFalse();
    }

    [Theory]
    [InlineData("https://app.example.com/c", true)]
    [InlineData("https://APP.example.com/c", true)]
    [InlineData("https://a.tools.example/c", true)]
    [InlineData("https://a.b.tools.example/c", true)]
    [InlineData("https://tools.example/c", false)]
    [InlineData("https://eviltools.example/c", false)]
    [InlineData("https://x.app.example.com/c", false)]
    [InlineData("https://app.example.com.evil.example/c", false)]
    public void The_domain_list_names_hosts_exactly_and_subdomains_behind_a_star(string url, bool allowed) =>
        ClientMetadataDocumentPolicy.IsAllowed(url, ["app.example.com", "*.tools.example"]).ShouldBe(allowed);

    [Fact]
    public void An_empty_list_allows_every_host() => ClientMetadataDocumentPolicy.IsAllowed("https://any.example/c", []).ShouldBeTrue();

    [Theory]
    [InlineData("app.example.com", true)]
    [InlineData("*.example.com", true)]
    [InlineData("*", false)]
    [InlineData("", false)]
    [InlineData("https://app.example.com", false)]
    [InlineData("app.example.com/", false)]
    [InlineData("app.example.com:443", false)]
    [InlineData("*.*.example.com", false)]
    public void A_domain_is_a_host_name_and_nothing_more(string domain, bool valid) => ClientMetadataDocumentPolicy.IsDomain(domain).ShouldBe(valid);
}
