using System.Text;
using System.Text.Json.Nodes;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Clients;

public sealed class ClientMetadataDocumentReaderTests
{
    [Fact]
    public void A_document_is_a_public_client_under_its_own_url()
    {
        var client = Read(TestDocuments.Json()).Value!;

        client.Id.ShouldBe(TestDocuments.Url);
        client.Source.ShouldBe(ClientSource.MetadataDocument);
        client.Name.ShouldBe("Example app");
        client.RedirectUris.ShouldBe(["http://127.0.0.1/callback", "http://localhost/callback"]);
        client.GrantTypes.ShouldBe(["authorization_code", "refresh_token"]);
        client.IsPublic.ShouldBeTrue();
        client.SecretHash.ShouldBeNull();
        client.ExpiresAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("https://app.example.com/oauth/client.json/")]
    [InlineData("https://APP.example.com/oauth/client.json")]
    [InlineData("https://app.example.com:443/oauth/client.json")]
    [InlineData("https://app.example.com/oauth/%63lient.json")]
    [InlineData("https://other.example/oauth/client.json")]
    [InlineData("")]
    public void Its_client_id_has_to_be_the_url_byte_for_byte(string id) => ShouldRefuse(TestDocuments.Json(changes: ("client_id", id)), "client_id");

    [Theory]
    [InlineData("client_id")]
    [InlineData("client_name")]
    [InlineData("redirect_uris")]
    public void What_is_required_cannot_be_left_out(string member) => ShouldRefuse(TestDocuments.Json(changes: (member, null)), member);

    [Theory]
    [InlineData("client_secret", "s3cret")]
    [InlineData("client_secret", "")]
    [InlineData("client_secret_expires_at", "0")]
    [InlineData("token_endpoint_auth_method", "client_secret_post")]
    [InlineData("token_endpoint_auth_method", "client_secret_basic")]
    [InlineData("token_endpoint_auth_method", "client_secret_jwt")]
    public void Shared_secrets_and_methods_that_need_one_are_refused(string member, string value) => ShouldRefuse(TestDocuments.Json(changes: (member, value)), member);

    [Theory]
    [InlineData("https://app.example.com/cb#x")]
    [InlineData("http://app.example.com/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("cursor://callback")]
    public void Redirect_uris_obey_the_rules_of_registration(string uri) =>
        Read(TestDocuments.Json(changes: ("redirect_uris", new JsonArray(uri)))).Error!.Code.ShouldBe(OAuthErrors.InvalidRedirectUri.Code);

    [Theory]
    [InlineData("{\"client_id\":\"https://evil.example/x\",")]
    [InlineData("\ufeff{\"client_id\":\"" + TestDocuments.Url + "\"}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/**/}")]
    [InlineData("{\"client_id\":\"a\",\"client_id\":\"" + TestDocuments.Url + "\"}")]
    public void Anything_but_one_strict_object_is_refused(string text) => Read(text).Failed.ShouldBeTrue();

    [Fact]
    public void Keys_go_with_private_key_jwt_and_come_one_way()
    {
        using var keys = new TestAssertions(new ManualTimeProvider());
        var jwks = JsonNode.Parse(keys.Jwks);
        (string, JsonNode?) method = ("token_endpoint_auth_method", "private_key_jwt");

        Read(TestDocuments.Json(changes: [method, ("jwks", jwks)])).Value!.Jwks.ShouldNotBeNull();
        Read(TestDocuments.Json(changes: [method, ("jwks_uri", "https://app.example.com/jwks")])).Value!.JwksUri.ShouldNotBeNull();
        Read(TestDocuments.Json(changes: [("jwks", jwks)])).Value!.Jwks.ShouldBeNull();
        ShouldRefuse(TestDocuments.Json(changes: method), "jwks");
        ShouldRefuse(TestDocuments.Json(changes: [method, ("jwks", jwks), ("jwks_uri", "https://app.example.com/jwks")]), "jwks");
        ShouldRefuse(TestDocuments.Json(changes: [method, ("jwks_uri", "http://localhost/jwks")]), "jwks_uri");
        ShouldRefuse(TestDocuments.Json(changes: [method, ("jwks", new JsonObject { ["keys"] = new JsonArray() })]), "jwks");
    }

    [Fact]
    public void A_client_with_keys_written_for_later_reads_back_the_same()
    {
        using var keys = new TestAssertions(new ManualTimeProvider());
        var client = Read(TestDocuments.Json(changes: [("token_endpoint_auth_method", "private_key_jwt"), ("jwks", JsonNode.Parse(keys.Jwks))])).Value!;

        ClientMetadataDocumentReader.Read(ClientInformation.Write(new RegisteredClient(client, null)), client.Id, false, false, client.CreatedAt).Value!.Jwks.ShouldBe(client.Jwks);
    }

    [Fact]
    public void A_client_written_for_later_reads_back_the_same_however_it_is_escaped()
    {
        var client = Read(TestDocuments.Json(changes: [("client_name", new string('ñ', 256)), ("scope", "a b"), ("client_uri", "https://app.example.com/"), ("software_version", "2")])).Value!;

        var again = ClientMetadataDocumentReader.Read(ClientInformation.Write(new RegisteredClient(client, null)), client.Id, false, false, client.CreatedAt).Value!;

        System.Text.Json.JsonSerializer.Serialize(again).ShouldBe(System.Text.Json.JsonSerializer.Serialize(client));
    }

    private static OAuthResult<Client> Read(string document) => ClientMetadataDocumentReader.Read(Encoding.UTF8.GetBytes(document), TestDocuments.Url, false, false, TestClients.Created);

    private static void ShouldRefuse(string document, string member) => Read(document).Error.ShouldNotBeNull().Description.ShouldContain(member);
}
