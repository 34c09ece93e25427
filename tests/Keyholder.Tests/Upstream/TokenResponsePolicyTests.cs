using System.Net;
using System.Text;
using Keyholder.Upstream;

namespace Keyholder.Tests.Upstream;

public sealed class TokenResponsePolicyTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""", "InvalidGrant")]
    [InlineData(401, """{"error":"invalid_grant"}""", "InvalidGrant")]
    [InlineData(200, """{"error":"bad_refresh_token"}""", "InvalidGrant")]
    [InlineData(200, """{"error":"bad_verification_code","access_token":"at"}""", "InvalidGrant")]
    [InlineData(401, """{"error":"invalid_client"}""", "ClientRefused")]
    [InlineData(400, """{"error":"invalid_client"}""", "ClientRefused")]
    [InlineData(400, """{"error":"unauthorized_client"}""", "ClientRefused")]
    [InlineData(200, """{"error":"incorrect_client_credentials"}""", "ClientRefused")]
    [InlineData(401, """{"message":"Bad credentials"}""", "ClientRefused")]
    [InlineData(401, "", "ClientRefused")]
    [InlineData(500, """{"error":"invalid_grant"}""", "Unavailable")]
    [InlineData(502, "", "Unavailable")]
    [InlineData(503, """{"error":"invalid_grant"}""", "Unavailable")]
    [InlineData(429, """{"error":"invalid_grant"}""", "Unavailable")]
    [InlineData(408, "", "Unavailable")]
    [InlineData(400, """{"error":"temporarily_unavailable"}""", "Unavailable")]
    [InlineData(400, """{"error":"invalid_request"}""", "Unusable")]
    [InlineData(400, """{"error":"invalid_scope"}""", "Unusable")]
    [InlineData(400, """{"error":"something_new"}""", "Unusable")]
    [InlineData(400, """{"error":{"code":"invalid_grant"}}""", "Unusable")]
    [InlineData(403, "", "Unusable")]
    [InlineData(404, "{}", "Unusable")]
    [InlineData(302, "", "Unusable")]
    [InlineData(200, "", "Unusable")]
    [InlineData(200, "{}", "Unusable")]
    [InlineData(200, "null", "Unusable")]
    [InlineData(200, """{"access_token":""}""", "Unusable")]
    [InlineData(200, """{"access_token":7}""", "Unusable")]
    [InlineData(200, """{"access_token":"a b"}""", "Unusable")]
    [InlineData(200, """{"access_token":"a\r\nX-Evil: 1"}""", "Unusable")]
    [InlineData(200, """{"access_token":"é"}""", "Unusable")]
    [InlineData(200, """{"access_token":"\ud800"}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","refresh_token":"r\u0000"}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","access_token":"other"}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","token_type":"DPoP"}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","token_type":1}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","expires_in":-1}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","expires_in":"soon"}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","expires_in":"-1"}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","expires_in":{}}""", "Unusable")]
    [InlineData(200, """{"access_token":"at","expires_in":true}""", "Unusable")]
    [InlineData(200, """{"access_token":"at"}""", "Issued")]
    [InlineData(200, """{"access_token":"at","token_type":"bEARER"}""", "Issued")]
    [InlineData(201, """{"access_token":"at","token_type":"Bearer"}""", "Issued")]
    public void Every_answer_has_one_meaning_and_only_invalid_grant_is_terminal(int status, string body, string outcome)
    {
        var result = Read(body, (HttpStatusCode)status);

        result.Outcome.ToString().ShouldBe(outcome);
        (result.Tokens is not null).ShouldBe(outcome == "Issued");
    }

    [Theory]
    [InlineData(GuardedOutcome.Unreachable, "Unavailable")]
    [InlineData(GuardedOutcome.TimedOut, "Unavailable")]
    [InlineData(GuardedOutcome.Refused, "Unusable")]
    [InlineData(GuardedOutcome.TooLarge, "Unusable")]
    public void No_answer_says_nothing_about_the_grant(GuardedOutcome guarded, string outcome) =>
        TokenResponsePolicy.Read(new GuardedResponse(guarded), Now).Outcome.ToString().ShouldBe(outcome);

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public void Only_JSON_is_read(string? mediaType)
    {
        Read("""{"access_token":"at"}""", mediaType: mediaType).Outcome.ShouldBe(TokenEndpointOutcome.Unusable);
        Read("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest, mediaType).Outcome.ShouldBe(TokenEndpointOutcome.Unusable);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(",\"expires_in\":null", null)]
    [InlineData(",\"expires_in\":0", 0d)]
    [InlineData(",\"expires_in\":3600", 3600d)]
    [InlineData(",\"expires_in\":3600.9", 3600d)]
    [InlineData(",\"expires_in\":\"3600\"", 3600d)]
    [InlineData(",\"expires_in\":1e300", 315576000d)]
    [InlineData(",\"expires_in\":99999999999999999999", 315576000d)]
    public void A_lifetime_is_a_number_or_a_numeric_string_and_is_never_absurd(string member, double? seconds)
    {
        var tokens = Read("{\"access_token\":\"at\"" + member + "}").Tokens.ShouldNotBeNull();

        tokens.ExpiresAt.ShouldBe(seconds is null ? null : Now.AddSeconds(seconds.Value));
    }

    [Fact]
    public void Everything_worth_keeping_is_kept()
    {
        var result = Read("""{"access_token":"at","token_type":"bearer","refresh_token":"rt","scope":"a b","id_token":"x.y.z","extra":[1]}""");

        result.Tokens!.RefreshToken.ShouldBe("rt");
        result.Tokens.Scope.ShouldBe("a b");
        result.Tokens.TokenType.ShouldBe("Bearer");
        result.IdToken.ShouldBe("x.y.z");
    }

    [Theory]
    [InlineData("""{"access_token":"at","refresh_token":""}""")]
    [InlineData("""{"access_token":"at","refresh_token":null}""")]
    public void An_empty_refresh_token_is_none(string body) => Read(body).Tokens!.RefreshToken.ShouldBeNull();

    [Fact]
    public void A_wait_is_honoured_within_bounds()
    {
        Wait(TimeSpan.FromSeconds(7)).ShouldBe(TimeSpan.FromSeconds(7));
        Wait(TimeSpan.FromDays(30)).ShouldBe(TokenResponsePolicy.MaxRetryAfter);
        Wait(null).ShouldBeNull();

        static TimeSpan? Wait(TimeSpan? wait) => TokenResponsePolicy.Read(
            new GuardedResponse(GuardedOutcome.Answered) { Status = HttpStatusCode.TooManyRequests, RetryAfter = wait }, Now).RetryAfter;
    }

    [Fact]
    public void The_providers_own_words_never_reach_the_log()
    {
        foreach (var status in new[] { 200, 400, 401, 403, 500 })
        {
            var result = Read("""{"error":"canary_code","error_description":"canary text","error_uri":"https://canary.example"}""", (HttpStatusCode)status);
            (result.Debug ?? "").ShouldNotContain("canary");
            result.ToString().ShouldNotContain("canary");
        }
    }

    private static TokenEndpointResult Read(string body, HttpStatusCode status = HttpStatusCode.OK, string? mediaType = "application/json") =>
        TokenResponsePolicy.Read(
            new GuardedResponse(GuardedOutcome.Answered) { Status = status, MediaType = mediaType, Body = Encoding.UTF8.GetBytes(body) }, Now);
}
