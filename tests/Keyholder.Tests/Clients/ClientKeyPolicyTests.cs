using Keyholder.Clients;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Clients;

public sealed class ClientKeyPolicyTests : IDisposable
{
    private readonly TestAssertions _keys = new(new ManualTimeProvider());

    public void Dispose() => _keys.Dispose();

    [Fact]
    public void A_set_with_a_public_key_is_fine() => ClientKeyPolicy.Refusal(_keys.Jwks).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[1]}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AQAB\"}]}")]
    public void A_set_without_a_usable_public_key_is_refused(string jwks) => ClientKeyPolicy.Refusal(jwks).ShouldNotBeNull();

    [Fact]
    public void A_private_key_is_refused_wherever_it_stands()
    {
        var leaked = _keys.PublicKey.Replace("{\"kty\"", "{\"d\":\"AAAA\",\"kty\"", StringComparison.Ordinal);

        ClientKeyPolicy.Refusal($$"""{"keys":[{{_keys.PublicKey}},{{leaked}}]}""").ShouldNotBeNull().ShouldContain("not a public key");
    }

    [Theory]
    [InlineData("https://app.example.com/jwks", true)]
    [InlineData("http://app.example.com/jwks", false)]
    [InlineData("http://localhost:3000/jwks", false)]
    [InlineData("https://u:p@app.example.com/jwks", false)]
    [InlineData("https://app.example.com/jwks#x", false)]
    [InlineData("file:///etc/passwd", false)]
    public void Keys_come_over_TLS(string uri, bool accepted) => ClientKeyPolicy.IsKeyUri(uri, allowLoopback: false).ShouldBe(accepted);
}
