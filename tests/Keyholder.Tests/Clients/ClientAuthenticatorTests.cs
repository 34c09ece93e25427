using System.Text;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Clients;

public sealed class ClientAuthenticatorTests
{
    private const string Secret = "qF3b-uY7_secret";

    private readonly ClientAuthenticator _authenticator;

    public ClientAuthenticatorTests()
    {
        Client[] clients =
        [
            TestClients.Public(id: "public"),
            TestClients.Confidential(Secret, ClientAuthMethods.SecretPost, "post"),
            TestClients.Confidential(Secret, ClientAuthMethods.SecretBasic, "basic"),
            TestClients.Confidential("p:w %+ü&", ClientAuthMethods.SecretBasic, "a:b c"),
            TestClients.Confidential(Secret, ClientAuthMethods.SecretPost, "broken") with { SecretHash = null },
        ];
        var time = new ManualTimeProvider(TestClients.Created);
        var documents = TestDocuments.None(time);
        var directory = new ClientDirectory(
            new ConfiguredClients(clients), documents, new RecordingClientStore(), new ClientRegistrationOptions(), time, NullLogger<ClientDirectory>.Instance);
        _authenticator = new ClientAuthenticator(directory, documents, TestDocuments.Snapshots(documents, time), TestDocuments.Assertions(time));
    }

    [Theory]
    [InlineData("public", null)]
    [InlineData("public", "")]
    [InlineData("post", Secret)]
    public async Task A_client_is_authenticated_by_what_it_put_in_the_form(string id, string? secret) =>
        (await Authenticate(null, ("client_id", id), ("client_secret", secret))).Value!.Id.ShouldBe(id);

    [Theory]
    [InlineData("Basic")]
    [InlineData("basic")]
    [InlineData("BASIC")]
    public async Task A_client_is_authenticated_by_the_basic_header(string scheme)
    {
        (await Authenticate(Basic("basic", Secret, scheme))).Value!.Id.ShouldBe("basic");
        (await Authenticate(Basic("basic", Secret, scheme), ("client_id", "basic"))).Value!.Id.ShouldBe("basic");
        (await Authenticate(Basic("basic", Secret, scheme), ("client_secret", ""))).Value!.Id.ShouldBe("basic");
    }

    [Fact]
    public async Task Id_and_secret_of_the_basic_header_are_form_decoded() =>
        (await Authenticate(Basic("a%3Ab+c", "p%3Aw%20%25%2B%C3%BC%26"))).Value!.Id.ShouldBe("a:b c");

    [Fact]
    public async Task A_basic_header_with_an_empty_secret_only_names_a_public_client()
    {
        (await Authenticate(Basic("public", ""))).Value!.Id.ShouldBe("public");
        (await Authenticate(Basic("basic", ""))).Error!.Code.ShouldBe("invalid_client");
    }

    public static TheoryData<string, string?, string?, string?> Failures() => new()
    {
        { "an unknown client", null, "nobody", null },
        { "an unknown client with a secret", null, "nobody", Secret },
        { "an unknown client by basic", Basic("nobody", Secret), null, null },
        { "a wrong secret", null, "post", Secret + "x" },
        { "a secret in another case", null, "post", "QF3B-UY7_SECRET" },
        { "a wrong secret by basic", Basic("basic", "wrong"), null, null },
        { "no secret", null, "post", null },
        { "an empty secret", null, "post", "" },
        { "a post client by basic", Basic("post", Secret), null, null },
        { "a basic client by post", null, "basic", Secret },
        { "a basic client by name alone", null, "basic", null },
        { "a public client with a secret", null, "public", Secret },
        { "a public client with a secret by basic", Basic("public", Secret), null, null },
        { "a confidential client without a hash", null, "broken", Secret },
        { "another case of a client id", null, "POST", Secret },
        { "a bearer header", "Bearer abc", null, null },
        { "a bearer header and a client id", "Bearer abc", "public", null },
        { "an empty header", "", null, null },
        { "basic without credentials", "Basic ", null, null },
        { "basic that is not base64", "Basic !!!", null, null },
        { "base64 with white space", "Basic cG9z dDpx", null, null },
        { "basic without a colon", "Basic " + Convert.ToBase64String("basic"u8), null, null },
        { "basic without an id", "Basic " + Convert.ToBase64String(":secret"u8), null, null },
        { "basic with a broken escape", Basic("basic", "%zz"), null, null },
        { "basic with bytes that are not utf-8", "Basic " + Convert.ToBase64String([0x61, 0x3A, 0xC0, 0xAF]), null, null },
        { "basic with a control character", Basic("basic", "%00"), null, null },
        { "a huge header", "Basic " + new string('A', 100_000), null, null },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_way_to_fail_has_the_same_answer(string why, string? header, string? id, string? secret)
    {
        var error = (await Authenticate(header, ("client_id", id), ("client_secret", secret))).Error.ShouldNotBeNull(why);

        (error with { Debug = null }).ShouldBe(OAuthErrors.InvalidClient);
        (error.Debug ?? "").ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_client_assertion_is_not_a_way_in()
    {
        (await Authenticate(null, ("client_id", "public"), ("client_assertion", "a.b.c"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")))
            .Error!.Code.ShouldBe("invalid_client");
        (await Authenticate(null, ("client_id", "public"), ("client_assertion_type", "x"))).Error!.Code.ShouldBe("invalid_client");
    }

    [Fact]
    public async Task Two_methods_at_once_are_refused_even_when_both_are_right()
    {
        var basic = Basic("basic", Secret);
        foreach (var attempt in new[]
        {
            await Authenticate(basic, ("client_id", "basic"), ("client_secret", Secret)),
            await Authenticate(basic, ("client_secret", Secret)),
            await Authenticate(Basic("public", ""), ("client_secret", Secret)),
            await Authenticate(basic, ("client_assertion", "a.b.c")),
            await Authenticate(null, ("client_id", "post"), ("client_secret", Secret), ("client_assertion", "a.b.c")),
        })
        {
            attempt.Error!.Code.ShouldBe("invalid_request");
            attempt.Error.Status.ShouldBe(400);
        }
    }

    [Fact]
    public async Task The_header_and_the_form_have_to_name_one_client() =>
        (await Authenticate(Basic("basic", Secret), ("client_id", "post"))).Error!.Code.ShouldBe("invalid_request");

    [Fact]
    public async Task A_request_that_names_no_client_is_malformed()
    {
        (await Authenticate(null)).Error!.Code.ShouldBe("invalid_request");
        (await Authenticate(null, ("client_secret", Secret))).Error!.Code.ShouldBe("invalid_request");
    }

    [Fact]
    public void A_secret_never_matches_a_missing_hash()
    {
        ClientSecret.Matches(Secret, null).ShouldBeFalse();
        ClientSecret.Matches(Secret, []).ShouldBeFalse();
        ClientSecret.Matches(Secret, ClientSecret.Hash(Secret)).ShouldBeTrue();
        ClientSecret.Create().ShouldNotBe(ClientSecret.Create());
    }

    private static string Basic(string id, string secret, string scheme = "Basic") =>
        $"{scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))}";

    private async Task<OAuthResult<Client>> Authenticate(string? header, params (string Name, string? Value)[] form) =>
        await _authenticator.AuthenticateAsync(
            header, OAuthParameters.Create(form.Select(p => KeyValuePair.Create(p.Name, p.Value))).Value!, CancellationToken.None);
}
