using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Tokens;

namespace Keyholder.Tests.Tokens;

public sealed class AccessTokenValidatorTests
{
    private const string Header = """{"typ":"at+jwt","alg":"ES256","kid":"KID"}""";

    private const string Payload =
        """{"iss":"https://keys.example.com","sub":"user:u1","aud":"https://keys.example.com/mcp/notes","exp":EXP,"iat":IAT,"jti":"j1","client_id":"client","scope":"mcp:read","sid":"AAAAAAAAAAAAAAAAAAAAAA","auth_time":IAT}""";

    public static TheoryData<string, string> HostileHeaders => new()
    {
        { "another type", Header.Replace("at+jwt", "JWT") },
        { "an id token's type", Header.Replace("\"typ\":\"at+jwt\",", "") },
        { "another spelling of the type", Header.Replace("at+jwt", "application/at+jwt") },
        { "type in upper case", Header.Replace("at+jwt", "AT+JWT") },
        { "no algorithm", Header.Replace("\"alg\":\"ES256\",", "") },
        { "algorithm none", Header.Replace("ES256", "none") },
        { "algorithm None", Header.Replace("ES256", "nOnE") },
        { "a shared-secret algorithm", Header.Replace("ES256", "HS256") },
        { "another curve's algorithm", Header.Replace("ES256", "ES384") },
        { "an unknown key", Header.Replace("KID", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") },
        { "no key", Header.Replace(",\"kid\":\"KID\"", "") },
        { "a critical extension", Header.Replace("}", ",\"crit\":[\"exp\"]}") },
        { "an unencoded payload", Header.Replace("}", ",\"b64\":false,\"crit\":[\"b64\"]}") },
        { "a key of its own", Header.Replace("}", ",\"jwk\":{\"kty\":\"EC\"}}") },
        { "a key elsewhere", Header.Replace("}", ",\"jku\":\"https://evil.example/jwks\"}") },
        { "a repeated algorithm", Header.Replace("}", ",\"alg\":\"ES256\"}") },
        { "another order", """{"alg":"ES256","typ":"at+jwt","kid":"KID"}""" },
        { "white space", Header.Replace(",", ", ") },
        { "nothing", "" },
    };

    public static TheoryData<string, string> HostilePayloads => new()
    {
        { "another issuer", Payload.Replace("https://keys.example.com\",\"sub", "https://evil.example\",\"sub") },
        { "an issuer with a slash", Payload.Replace("https://keys.example.com\",\"sub", "https://keys.example.com/\",\"sub") },
        { "an audience list", Payload.Replace("\"https://keys.example.com/mcp/notes\"", "[\"https://keys.example.com/mcp/notes\"]") },
        { "two audiences", Payload.Replace("\"https://keys.example.com/mcp/notes\"", "[\"https://keys.example.com/mcp/notes\",\"https://evil.example\"]") },
        { "a repeated subject", Payload.Replace("}", ",\"sub\":\"user:admin\"}") },
        { "a repeated expiry", Payload.Replace("}", ",\"exp\":99999999999}") },
        { "a repeated issuer", Payload.Replace("}", ",\"iss\":\"https://keys.example.com\"}") },
        { "an escaped repeated subject", Payload.Replace("}", ",\"s\\u0075b\":\"user:admin\"}") },
        { "no subject", Payload.Replace("\"sub\":\"user:u1\",", "") },
        { "a subject of no kind", Payload.Replace("user:u1", "root:u1") },
        { "no expiry", Payload.Replace("\"exp\":EXP,", "") },
        { "an expiry as text", Payload.Replace("EXP", "\"99999999999\"") },
        { "a fractional expiry", Payload.Replace("EXP", "99999999999.5") },
        { "an expiry beyond time", Payload.Replace("EXP", "9223372036854775807") },
        { "an expiry before time", Payload.Replace("EXP", "-9223372036854775808") },
        { "a life longer than any token's", Payload.Replace("EXP", "FAR") },
        { "an issue time to come", Payload.Replace("\"iat\":IAT", "\"iat\":SOON") },
        { "an expiry before its issue", Payload.Replace("EXP", "IAT") },
        { "no id", Payload.Replace("\"jti\":\"j1\",", "") },
        { "an empty id", Payload.Replace("\"j1\"", "\"\"") },
        { "a numeric id", Payload.Replace("\"j1\"", "1") },
        { "no client", Payload.Replace("\"client_id\":\"client\",", "") },
        { "a scope list", Payload.Replace("\"mcp:read\"", "[\"mcp:read\"]") },
        { "a malformed scope", Payload.Replace("mcp:read", "mcp:\\u0022read") },
        { "no session", Payload.Replace("\"sid\":\"AAAAAAAAAAAAAAAAAAAAAA\",", "") },
        { "a session of another spelling", Payload.Replace("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB") },
        { "something after the object", Payload + "{}" },
        { "a comment", Payload.Replace("{", "{/**/") },
        { "a list", $"[{Payload}]" },
        { "half an object", Payload[..^1] },
        { "a lone surrogate", Payload.Replace("\"j1\"", "\"\\ud800\"") },
        { "nothing", "" },
    };

    [Fact]
    public async Task The_payload_the_hostile_ones_are_made_of_is_valid()
    {
        var fixture = await AccessTokenFixture.CreateAsync();

        fixture.Validate(Sign(fixture, Header, Payload)).ShouldBe(AccessTokenOutcome.Valid);
        fixture.Validate(Sign(fixture, Header, Payload.Replace("}", ",\"later\":{\"a\":[1]}}"))).ShouldBe(AccessTokenOutcome.Valid);
    }

    [Theory]
    [MemberData(nameof(HostileHeaders))]
    public async Task A_header_other_than_the_servers_own_is_refused_even_when_the_signature_is_good(string what, string header)
    {
        var fixture = await AccessTokenFixture.CreateAsync();

        fixture.Validate(Sign(fixture, header, Payload)).ShouldBe(AccessTokenOutcome.Malformed, what);
    }

    [Theory]
    [MemberData(nameof(HostilePayloads))]
    public async Task Wrong_claims_are_refused_even_when_the_signature_is_good(string what, string payload)
    {
        var fixture = await AccessTokenFixture.CreateAsync();

        fixture.Validate(Sign(fixture, Header, payload)).ShouldBe(AccessTokenOutcome.Malformed, what);
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var token = fixture.Issue();
        var signed = token[..token.LastIndexOf('.')];

        foreach (var hostile in new[] { signed, signed + ".", "." + signed, signed + ".AA", signed.Replace('.', ','), "..", ".", "", " ", "a.b.c", "a.b.c.d.e" })
        {
            fixture.Validate(hostile).ShouldBe(AccessTokenOutcome.Malformed, hostile);
        }
    }

    [Fact]
    public async Task A_signature_made_with_the_public_key_as_a_shared_secret_is_refused()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var signer = fixture.Keys.Current.SignerAt(fixture.Time.GetUtcNow());
        foreach (var header in new[] { Header, Header.Replace("ES256", "HS256") })
        {
            var signed = Segments(fixture, header, Payload);
            foreach (var secret in new[] { fixture.Keys.Current.Document.ToArray(), Encoding.ASCII.GetBytes(signer.X), Encoding.ASCII.GetBytes(signer.X + signer.Y), [] })
            {
                var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed));
                fixture.Validate($"{signed}.{Base64UrlText.Encode(mac)}").ShouldBe(AccessTokenOutcome.Malformed);
            }
        }
    }

    [Fact]
    public async Task A_good_signature_under_another_current_keys_name_is_refused()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var published = await fixture.Keys.RotateAsync(TimeSpan.FromHours(1), CancellationToken.None);

        fixture.Validate(Sign(fixture, Header.Replace("KID", published), Payload)).ShouldBe(AccessTokenOutcome.Malformed);
    }

    [Fact]
    public async Task A_stranger_who_copies_the_header_gets_nothing()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var stranger = await AccessTokenFixture.CreateAsync();
        var signed = Segments(fixture, Header, Payload);

        fixture.Validate(Sign(stranger, signed)).ShouldBe(AccessTokenOutcome.Malformed);
    }

    [Fact]
    public async Task A_change_of_any_character_is_refused_and_so_is_every_other_spelling()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var token = fixture.Issue();
        fixture.Validate(token).ShouldBe(AccessTokenOutcome.Valid);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            fixture.Validate(new string(changed)).ShouldBe(AccessTokenOutcome.Malformed, $"character {i}");
        }

        foreach (var spelled in new[] { token + "=", token + "==", token + " ", " " + token, token + "\n", token.Replace(".", "=."), token + ".", "Bearer " + token, token + "\u0100" })
        {
            fixture.Validate(spelled).ShouldBe(AccessTokenOutcome.Malformed);
        }
    }

    [Fact]
    public async Task A_token_longer_than_8_KiB_is_not_even_hashed()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var payload = Payload.Replace("}", $",\"pad\":\"{new string('x', 4000)}\"}}");
        var large = Sign(fixture, Header, payload);
        var tooLarge = Sign(fixture, Header, payload.Replace("xxx", "xxxxxxx"));

        large.Length.ShouldBeInRange(2049, AccessTokenValidator.MaxLength);
        tooLarge.Length.ShouldBeGreaterThan(AccessTokenValidator.MaxLength);
        fixture.Validate(large).ShouldBe(AccessTokenOutcome.Valid);
        fixture.Validate(tooLarge).ShouldBe(AccessTokenOutcome.Malformed);
    }

    [Fact]
    public async Task A_remembered_token_is_still_checked_for_audience_expiry_and_revocation()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var token = fixture.Issue();
        fixture.Validate(token).ShouldBe(AccessTokenOutcome.Valid);

        fixture.Validator.Validate(token, fixture.Session.Resource + "2", out var other).ShouldBe(AccessTokenOutcome.WrongAudience);
        other.ShouldBeNull();

        fixture.Revocations.Add(new RevocationEntry(
            new(RevocationTargetKind.Session, fixture.Session.Id.ToString()), fixture.Time.GetUtcNow(), fixture.Time.GetUtcNow().AddHours(2), "operator"));
        fixture.Validator.Validate(token, fixture.Session.Resource, out var revoked).ShouldBe(AccessTokenOutcome.Revoked);
        revoked.ShouldBeNull();

        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        fixture.Validate(token).ShouldBe(AccessTokenOutcome.Expired);
    }

    [Fact]
    public async Task A_remembered_token_costs_no_allocation()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var token = fixture.Issue();
        var outcome = fixture.Validate(token);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            outcome |= fixture.Validate(token);
        }

        // 100 calls: one object each would be 2,400 bytes; the runtime itself may allocate once.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
        outcome.ShouldBe(AccessTokenOutcome.Valid);
    }

    [Fact]
    public async Task The_cache_forgets_but_never_refuses()
    {
        var fixture = await AccessTokenFixture.CreateAsync(new AccessTokenOptions { CacheCapacity = 4 });
        var tokens = Enumerable.Range(0, 50).Select(_ => fixture.Issue()).ToList();

        Parallel.For(0, 1000, i => fixture.Validate(tokens[i % tokens.Count]).ShouldBe(AccessTokenOutcome.Valid));
    }

    [Fact]
    public async Task A_retired_key_takes_its_remembered_tokens_along()
    {
        var fixture = await AccessTokenFixture.CreateAsync(new AccessTokenOptions { Lifetime = AccessTokenOptions.MaxLifetime });
        var token = fixture.Issue();
        fixture.Validate(token).ShouldBe(AccessTokenOutcome.Valid);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.Keys.RotateAsync(TimeSpan.Zero, CancellationToken.None);

        fixture.Validate(token).ShouldBe(AccessTokenOutcome.Valid);
        fixture.Time.Advance(TimeSpan.FromMinutes(65));
        await fixture.Keys.RefreshAsync(CancellationToken.None);

        fixture.Keys.Current.Ids.Count().ShouldBe(1);
        fixture.Validate(token).ShouldBe(AccessTokenOutcome.Malformed);
    }

    private static string Sign(AccessTokenFixture fixture, string header, string payload) => Sign(fixture, Segments(fixture, header, payload));

    private static string Sign(AccessTokenFixture signer, string segments)
    {
        var signature = new byte[SigningKey.SignatureSize];
        signer.Keys.Current.SignerAt(signer.Time.GetUtcNow()).Sign(Encoding.ASCII.GetBytes(segments), signature);
        return $"{segments}.{Base64UrlText.Encode(signature)}";
    }

    private static string Segments(AccessTokenFixture fixture, string header, string payload)
    {
        var now = fixture.Time.GetUtcNow();
        string At(int seconds) => now.AddSeconds(seconds).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        header = header.Replace("KID", fixture.Keys.Current.SignerAt(now).Id);
        payload = payload.Replace("EXP", At(600)).Replace("IAT", At(0)).Replace("FAR", At(3601)).Replace("SOON", At(6));
        return $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(header))}.{Base64UrlText.Encode(Encoding.UTF8.GetBytes(payload))}";
    }
}
