using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;

namespace Keyholder.Tests.Clients;

public sealed class ClientAssertionsTests : IClientAssertionStore, IDisposable
{
    private const string Id = "agent";
    private readonly ManualTimeProvider _time = new(TestClients.Created);
    private readonly ConcurrentDictionary<(string, string), DateTimeOffset> _used = new();
    private readonly TestAssertions _keys;
    private readonly ScriptedHandler _site;
    private readonly ClientAssertions _assertions;
    private Func<HttpResponseMessage> _answer;
    private Exception? _storeFailure;

    public ClientAssertionsTests()
    {
        _keys = new TestAssertions(_time);
        _answer = () => ScriptedHandler.Json(_keys.Jwks);
        _site = new ScriptedHandler(_ => _answer());
        _assertions = TestAssertions.Validator(_time, _site, this);
    }

    public void Dispose() => _keys.Dispose();

    [Theory]
    [InlineData("https://keys.example.com")]
    [InlineData("https://keys.example.com/token")]
    [InlineData("https://keys.example.com/par")]
    public async Task An_assertion_for_the_issuer_or_an_endpoint_where_clients_authenticate_authenticates_the_client(string audience) =>
        (await Validate(_keys.Sign(Id, audience: audience))).Value!.Id.ShouldBe(Id);

    [Theory]
    [InlineData("iss", "other")]
    [InlineData("iss", null)]
    [InlineData("sub", "other")]
    [InlineData("sub", null)]
    [InlineData("aud", "https://other.example")]
    [InlineData("aud", "https://keys.example.com/")]
    [InlineData("aud", "https://keys.example.com/authorize")]
    [InlineData("aud", "HTTPS://keys.example.com")]
    [InlineData("aud", null)]
    [InlineData("jti", null)]
    [InlineData("jti", "")]
    [InlineData("exp", null)]
    [InlineData("exp", "-60")]
    [InlineData("exp", "661")]
    [InlineData("nbf", "120")]
    [InlineData("iat", "120")]
    public async Task A_wrong_or_missing_claim_is_refused_and_uses_nothing_up(string claim, string? value)
    {
        JsonNode? replaced = int.TryParse(value, out var offset) ? _time.GetUtcNow().ToUnixTimeSeconds() + offset : value;

        (await Validate(_keys.Sign(Id, [(claim, replaced)]))).Error.ShouldNotBeNull().Code.ShouldBe("invalid_client");
        _used.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_audience_may_stand_in_an_array_and_two_may_not()
    {
        (await Validate(_keys.Sign(Id, [("aud", new JsonArray(TestAssertions.Issuer.Value))]))).Failed.ShouldBeFalse();
        (await Validate(_keys.Sign(Id, [("aud", new JsonArray(TestAssertions.Issuer.Value, "https://other.example"))]))).Failed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("alg", "none")]
    [InlineData("alg", "HS256")]
    [InlineData("alg", "ES384")]
    [InlineData("kid", "k2")]
    [InlineData("typ", "at+jwt")]
    public async Task Another_algorithm_key_or_type_is_refused(string member, string value) =>
        (await Validate(_keys.Sign(Id, header: [(member, value)]))).Error.ShouldNotBeNull().Code.ShouldBe("invalid_client");

    [Fact]
    public async Task A_public_key_is_no_shared_secret()
    {
        var parts = _keys.Sign(Id, header: [("alg", "HS256")]).Split('.');
        var forged = System.Security.Cryptography.HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(_keys.Jwks), System.Text.Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]));

        (await Validate($"{parts[0]}.{parts[1]}.{Base64UrlText.Encode(forged)}")).Failed.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_clients_key_and_a_flipped_bit_are_refused()
    {
        using var other = new TestAssertions(_time);
        var good = _keys.Sign(Id);
        var flipped = good[..^2] + (good[^2] == 'A' ? 'B' : 'A') + good[^1];

        (await Validate(other.Sign(Id))).Failed.ShouldBeTrue();
        (await Validate(flipped)).Failed.ShouldBeTrue();
        (await Validate(good)).Failed.ShouldBeFalse();
    }

    [Fact]
    public async Task Of_many_who_present_the_same_assertion_one_is_authenticated()
    {
        var assertion = _keys.Sign(Id);

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Validate(assertion))));

        results.Count(result => !result.Failed).ShouldBe(1);
        results.Where(result => result.Failed).ShouldAllBe(result => result.Error!.Code == "invalid_client");
    }

    [Fact]
    public async Task The_same_jti_of_two_clients_is_two_and_is_remembered_until_the_assertion_is_too_old()
    {
        await Validate(_keys.Sign(Id, [("jti", "x")]));
        (await Validate(_keys.Sign("other", [("jti", "x")]), Client("other"))).Failed.ShouldBeFalse();

        _used.Values.ShouldAllBe(until => until == _time.GetUtcNow().AddSeconds(120));
    }

    [Fact]
    public async Task A_store_that_fails_is_no_wrong_client()
    {
        _storeFailure = new TimeoutException();

        await Should.ThrowAsync<TimeoutException>(() => Validate(_keys.Sign(Id)));
    }

    [Fact]
    public async Task Keys_are_fetched_once_and_again_for_a_key_id_that_is_new()
    {
        var client = Client() with { Jwks = null, JwksUri = "https://app.example.com/jwks.json" };
        (await Validate(_keys.Sign(Id), client)).Failed.ShouldBeFalse();
        (await Validate(_keys.Sign(Id), client)).Failed.ShouldBeFalse();
        _site.Requests.Count.ShouldBe(1);

        _answer = () => ScriptedHandler.Json(_keys.Jwks.Replace("k1", "k2", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromSeconds(30));
        (await Validate(_keys.Sign(Id, header: [("kid", "k2")]), client)).Failed.ShouldBeFalse();
        _site.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Keys_that_cannot_be_fetched_are_a_passing_trouble()
    {
        _answer = () => ScriptedHandler.Status(HttpStatusCode.BadGateway);

        var result = await Validate(_keys.Sign(Id), Client() with { Jwks = null, JwksUri = "https://app.example.com/jwks.json" });

        result.Error.ShouldNotBeNull().Code.ShouldBe("temporarily_unavailable");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    public void What_is_no_JWT_names_nobody(string assertion) => ClientAssertions.ReadSubject(assertion).ShouldBeNull();

    [Fact]
    public void An_endless_assertion_is_not_even_read() => ClientAssertions.ReadSubject(_keys.Sign(Id, [("x", new string('a', 9000))])).ShouldBeNull();

    public Task<bool> TryUseAsync(string clientId, byte[] jtiHash, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        _storeFailure is null ? Task.FromResult(_used.TryAdd((clientId, Convert.ToHexString(jtiHash)), expiresAt)) : Task.FromException<bool>(_storeFailure);

    private Task<OAuthResult<Client>> Validate(string assertion, Client? client = null) => _assertions.ValidateAsync(client ?? Client(), assertion, CancellationToken.None);

    private Client Client(string id = Id) => TestClients.Public("https://app.example.com/cb", id) with { TokenEndpointAuthMethod = ClientAuthMethods.PrivateKeyJwt, Jwks = _keys.Jwks };
}
