using System.Text.Json;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Tests.Tokens;

public sealed class AccessTokenIssuerTests
{
    [Fact]
    public async Task A_token_has_the_claims_of_rfc_9068_and_an_independent_library_accepts_it()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var session = fixture.Session;

        var token = fixture.Issue();

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = "https://keys.example.com",
            ValidAudience = session.Resource,
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = ["ES256"],
            IssuerSigningKeys = new JsonWebKeySet(System.Text.Encoding.UTF8.GetString(fixture.Keys.Current.Document.Span)).GetSigningKeys(),
            LifetimeValidator = (_, _, _, _) => true,
        });
        result.IsValid.ShouldBeTrue(result.Exception?.ToString());
        var jwt = (JsonWebToken)result.SecurityToken;
        jwt.Subject.ShouldBe("user:u1");
        jwt.GetClaim("client_id").Value.ShouldBe("client");
        jwt.GetClaim("scope").Value.ShouldBe("mcp:read mcp:write");
        jwt.GetClaim("sid").Value.ShouldBe(session.Id.ToString());
        jwt.GetPayloadValue<long>("auth_time").ShouldBe(session.AuthenticatedAt.ToUnixTimeSeconds());
        jwt.GetPayloadValue<long>("iat").ShouldBe(fixture.Time.GetUtcNow().ToUnixTimeSeconds());
        jwt.GetPayloadValue<long>("exp").ShouldBe(fixture.Time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds());
        jwt.Id.Length.ShouldBe(22);
        jwt.Audiences.ShouldBe([session.Resource]);
    }

    [Theory]
    [InlineData(90, 1000, 90)]
    [InlineData(1000, 90, 90)]
    [InlineData(1000, 1000, 600)]
    public async Task A_token_never_outlives_its_session(int idle, int absolute, long expected)
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var now = fixture.Time.GetUtcNow();
        var session = fixture.Session with { IdleExpiresAt = now.AddSeconds(idle), AbsoluteExpiresAt = now.AddSeconds(absolute) };

        var issued = fixture.Issuer.Issue(session, session.Scopes);

        issued.ExpiresIn.ShouldBe(expected);
        fixture.Time.Advance(TimeSpan.FromSeconds(expected - 1));
        fixture.Validate(issued.Token).ShouldBe(AccessTokenOutcome.Valid);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Validate(issued.Token).ShouldBe(AccessTokenOutcome.Expired);
    }

    [Fact]
    public async Task Text_a_client_chose_cannot_break_out_of_its_claim()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        var session = fixture.Session with { ClientId = "x\",\"sub\":\"user:admin\\", Subject = new Subject(SubjectKind.User, "a\"\n\u2028é") };

        fixture.Validator.Validate(fixture.Issuer.Issue(session, []).Token, session.Resource, out var token).ShouldBe(AccessTokenOutcome.Valid);

        (token!.ClientId, token.Subject).ShouldBe((session.ClientId, session.Subject));
        token.Scopes.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_two_tokens_share_an_id()
    {
        var fixture = await AccessTokenFixture.CreateAsync();

        var ids = Enumerable.Range(0, 100).Select(_ => new JsonWebToken(fixture.Issue()).Id).ToHashSet();

        ids.Count.ShouldBe(100);
    }

    [Fact]
    public async Task The_published_keys_hold_nothing_private()
    {
        var fixture = await AccessTokenFixture.CreateAsync();
        await fixture.Keys.RotateAsync(TimeSpan.FromMinutes(5), CancellationToken.None);

        using var document = JsonDocument.Parse(fixture.Keys.Current.Document);

        var keys = document.RootElement.GetProperty("keys").EnumerateArray().ToList();
        keys.Count.ShouldBe(2);
        keys.ShouldAllBe(key => key.EnumerateObject().Select(p => p.Name).SequenceEqual(new[] { "kty", "use", "alg", "kid", "crv", "x", "y" }));
        keys.Select(key => key.GetProperty("kid").GetString()).ShouldBe(fixture.Keys.Current.Ids);
        keys.ShouldAllBe(key => key.GetProperty("kid").GetString() == Base64UrlEncoder.Encode(new JsonWebKey(key.GetRawText()).ComputeJwkThumbprint()));
    }
}
