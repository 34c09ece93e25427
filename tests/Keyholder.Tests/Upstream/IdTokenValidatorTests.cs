using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Tests.Upstream;

public sealed class IdTokenValidatorTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeProvider _fake;

    public IdTokenValidatorTests() => _fake = new FakeProvider(_time);

    public void Dispose() => _fake.Dispose();

    [Fact]
    public async Task A_good_token_names_its_subject()
    {
        var result = await ValidateAsync(_fake.IdToken("n"));

        result.Outcome.ShouldBe(LegOutcome.Succeeded);
        result.Subject.ShouldBe("248289761001");
        result.DisplayName.ShouldBe("Person3");
    }

    [Theory]
    [InlineData("iss", "https://idp.example/")]
    [InlineData("iss", "https://evil.example")]
    [InlineData("aud", "another-client")]
    [InlineData("nonce", "another")]
    [InlineData("nonce", "")]
    [InlineData("azp", "another-client")]
    [InlineData("sub", "")]
    [InlineData("sub", "line\nbreak")]
    [InlineData("exp", -60L)]
    [InlineData("nbf", 120L)]
    [InlineData("iat", 120L)]
    [InlineData("iss", null)]
    [InlineData("aud", null)]
    [InlineData("sub", null)]
    [InlineData("exp", null)]
    [InlineData("iat", null)]
    [InlineData("nonce", null)]
    public async Task A_token_with_a_wrong_or_missing_claim_is_rejected(string claim, object? value)
    {
        var token = _fake.IdToken("n", claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value is long offset ? _time.GetUtcNow().ToUnixTimeSeconds() + offset : value;
            }
        });

        (await ValidateAsync(token)).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task Several_audiences_need_Keyholder_as_authorized_party()
    {
        var both = new[] { "keyholder", "another" };

        (await ValidateAsync(_fake.IdToken("n", c => c["aud"] = both))).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync(_fake.IdToken("n", c => (c["aud"], c["azp"]) = (both, "another")))).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync(_fake.IdToken("n", c => (c["aud"], c["azp"]) = (both, "keyholder")))).Outcome.ShouldBe(LegOutcome.Succeeded);
    }

    [Fact]
    public async Task An_unsigned_token_is_rejected()
    {
        var parts = _fake.IdToken("n").Split('.');
        var none = Base64UrlText.Encode("""{"alg":"none","typ":"JWT"}"""u8);
        var noneWithKey = Base64UrlText.Encode("""{"alg":"none","kid":"k1"}"""u8);

        (await ValidateAsync($"{none}.{parts[1]}.")).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync($"{noneWithKey}.{parts[1]}.")).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync($"{parts[0]}.{parts[1]}.")).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync($"{parts[0]}.{parts[1]}")).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_a_shared_secret_is_rejected()
    {
        var secret = Encoding.UTF8.GetBytes(_fake.Jwks);
        var confused = _fake.IdToken("n", key: new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = "k1" }, SecurityAlgorithms.HmacSha256));

        (await ValidateAsync(confused)).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task A_shared_secret_published_as_a_key_is_not_a_key()
    {
        var symmetric = new SymmetricSecurityKey(new byte[32]) { KeyId = "hs" };
        _fake.Jwks = FakeProvider.JwksOf(FakeProvider.Public(symmetric));

        (await ValidateAsync(_fake.IdToken("n", key: new SigningCredentials(symmetric, SecurityAlgorithms.HmacSha256)))).Outcome
            .ShouldNotBe(LegOutcome.Succeeded);
    }

    [Fact]
    public async Task A_token_signed_by_someone_else_under_the_same_key_id_is_rejected()
    {
        using var rsa = RSA.Create(2048);

        (await ValidateAsync(_fake.IdToken("n", key: new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256)))).Outcome
            .ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task A_flipped_character_in_any_part_is_rejected()
    {
        var token = _fake.IdToken("n");
        foreach (var (start, part) in new[] { (0, 0), (token.IndexOf('.', StringComparison.Ordinal) + 1, 1), (token.LastIndexOf('.') + 1, 2) })
        {
            var at = start + 12 + part;
            var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            (await ValidateAsync(changed)).Outcome.ShouldBe(LegOutcome.Rejected);
        }
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("logout+jwt")]
    public async Task A_token_of_another_sort_is_rejected(string type) =>
        (await ValidateAsync(_fake.IdToken("n", type: type))).Outcome.ShouldBe(LegOutcome.Rejected);

    [Fact]
    public async Task A_weak_key_or_one_for_encryption_or_another_algorithm_is_not_used()
    {
        using var weak = RSA.Create(1024);
        var weakKey = new RsaSecurityKey(weak) { KeyId = "weak" };
        var forEncryption = FakeProvider.Public(FakeProvider.SigningKey.Key);
        forEncryption.Use = "enc";
        var forAnother = FakeProvider.Public(FakeProvider.SigningKey.Key);
        (forAnother.Alg, forAnother.Kid) = ("PS256", "k2");
        _fake.Jwks = FakeProvider.JwksOf(FakeProvider.Public(new RsaSecurityKey(weak.ExportParameters(false)) { KeyId = "weak" }), forEncryption, forAnother);

        var underAnother = new SigningCredentials(new RsaSecurityKey(((RsaSecurityKey)FakeProvider.SigningKey.Key).Rsa) { KeyId = "k2" }, SecurityAlgorithms.RsaSha256);
        (await ValidateAsync(_fake.IdToken("n"))).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync(_fake.IdToken("n", key: underAnother))).Outcome.ShouldBe(LegOutcome.Rejected);
        (await ValidateAsync(_fake.IdToken("n", key: new SigningCredentials(weakKey, SecurityAlgorithms.RsaSha256)))).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task An_elliptic_key_works_and_a_token_without_key_id_needs_an_only_key()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var named = new ECDsaSecurityKey(ec) { KeyId = "ec" };
        using var half = ECDsa.Create(ec.ExportParameters(false));
        var published = FakeProvider.Public(new ECDsaSecurityKey(half) { KeyId = "ec" });
        var nameless = _fake.IdToken("n", key: new SigningCredentials(new ECDsaSecurityKey(ec), SecurityAlgorithms.EcdsaSha256));
        _fake.Jwks = FakeProvider.JwksOf(published);
        (await ValidateAsync(_fake.IdToken("n", key: new SigningCredentials(named, SecurityAlgorithms.EcdsaSha256)))).Outcome.ShouldBe(LegOutcome.Succeeded);
        (await ValidateAsync(nameless)).Outcome.ShouldBe(LegOutcome.Succeeded);

        _fake.Jwks = FakeProvider.JwksOf(published, FakeProvider.Public(FakeProvider.SigningKey.Key));
        _time.Advance(_fake.Options.MetadataLifetime);
        nameless = _fake.IdToken("n", key: new SigningCredentials(new ECDsaSecurityKey(ec), SecurityAlgorithms.EcdsaSha256));

        (await ValidateAsync(nameless)).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task An_unknown_key_id_fetches_the_keys_again_but_not_for_every_token()
    {
        await ValidateAsync(_fake.IdToken("n"));
        using var rsa = RSA.Create(2048);
        var rotated = new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k2" }, SecurityAlgorithms.RsaSha256);
        for (var i = 0; i < 10; i++)
        {
            (await ValidateAsync(_fake.IdToken("n", key: rotated))).Outcome.ShouldBe(LegOutcome.Rejected);
        }

        _fake.CountOf("/jwks").ShouldBe(1);
        _fake.Jwks = FakeProvider.JwksOf(FakeProvider.Public(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = "k2" }));
        _time.Advance(JsonWebKeySource.MinRefetch);
        (await ValidateAsync(_fake.IdToken("n", key: rotated))).Outcome.ShouldBe(LegOutcome.Succeeded);
        _fake.CountOf("/jwks").ShouldBe(2);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("""{"keys":7}""")]
    [InlineData("""{"keys":[{"kty":"RSA"}]}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("{}")]
    public async Task Keys_that_cannot_be_read_make_sign_in_unavailable_and_not_open(string jwks)
    {
        _fake.Jwks = jwks;

        (await ValidateAsync(_fake.IdToken("n"))).Outcome.ShouldBe(LegOutcome.Unavailable);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("e30.e30.e30")]
    public async Task Garbage_is_rejected(string token) => (await ValidateAsync(token)).Outcome.ShouldBe(LegOutcome.Rejected);

    [Fact]
    public async Task A_token_the_size_of_a_house_is_rejected() =>
        (await ValidateAsync(_fake.IdToken("n", c => c["x"] = new string('x', 20_000)))).Outcome.ShouldBe(LegOutcome.Rejected);

    [Fact]
    public async Task A_display_name_cannot_smuggle_control_characters_or_length()
    {
        var result = await ValidateAsync(_fake.IdToken("n", c => c["name"] = "Al\u0000i\u001bce\n" + new string('x', 500)));

        result.DisplayName!.Length.ShouldBe(100);
        result.DisplayName.ShouldStartWith("Alicex");
    }

    private async Task<AccountResult> ValidateAsync(string token)
    {
        Provider provider = Providers.Oidc();
        var metadata = (await _fake.Client.Metadata.GetAsync(provider, default)).Metadata.ShouldNotBeNull();
        return await _fake.Client.IdTokens.ValidateAsync(token, provider, metadata, "n", default);
    }
}
