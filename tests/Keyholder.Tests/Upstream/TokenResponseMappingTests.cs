using System.Net;
using System.Text;
using Keyholder.Resources;
using Keyholder.Resources.Catalogue;
using Keyholder.Upstream;

namespace Keyholder.Tests.Upstream;

public sealed class TokenResponseMappingTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ProviderDefinition Slack = ProviderCatalogue.Find("slack")!;
    private static readonly TokenResponseMapping Forms = new() { FormEncoded = true };

    [Fact]
    public void The_token_of_the_person_is_taken_and_not_the_bots_beside_it()
    {
        var result = ReadSlack("""
            {"ok":true,"access_token":"xoxb-bot","token_type":"bot","scope":"commands","refresh_token":"bot-refresh","expires_in":1,
             "team":{"id":"T1","name":"Team"},
             "authed_user":{"id":"U1","scope":"users:read,chat:write","access_token":"xoxp-person","token_type":"user","refresh_token":"rt","expires_in":43200}}
            """);

        result.Tokens!.AccessToken.ShouldBe("xoxp-person");
        result.Tokens.RefreshToken.ShouldBe("rt");
        result.Tokens.ExpiresAt.ShouldBe(Now.AddSeconds(43200));
        result.Tokens.Scope.ShouldBe("users:read,chat:write");
        result.Tokens.TokenType.ShouldBe("Bearer");
        result.Account.Subject.ShouldBe("T1|U1");
        result.Account.DisplayName.ShouldBe("Team");
    }

    [Fact]
    public void Fields_of_two_tokens_never_mix()
    {
        var result = ReadSlack("""
            {"ok":true,"access_token":"xoxb-bot","token_type":"bot","refresh_token":"bot-refresh","expires_in":1,
             "authed_user":{"id":"U1","access_token":"xoxp-person","token_type":"user"}}
            """);

        result.Tokens!.RefreshToken.ShouldBeNull();
        result.Tokens.ExpiresAt.ShouldBeNull();
        result.Account.ShouldBe(AccountResult.Unknown);
    }

    [Fact]
    public void A_refreshed_token_may_lie_at_the_top() =>
        ReadSlack("""{"ok":true,"access_token":"xoxp-2","token_type":"user","refresh_token":"rt2","expires_in":43200}""").Tokens!.AccessToken.ShouldBe("xoxp-2");

    [Theory]
    [InlineData("""{"ok":true,"access_token":"xoxb-bot","token_type":"bot","authed_user":{"id":"U1"}}""")]
    [InlineData("""{"ok":true,"access_token":"xoxb-bot","authed_user":{"id":"U1"}}""")]
    [InlineData("""{"ok":true,"access_token":"xoxb-bot","token_type":7}""")]
    [InlineData("""{"ok":true,"authed_user":{"access_token":"xoxp","token_type":"bot"}}""")]
    [InlineData("""{"ok":true,"authed_user":"xoxp"}""")]
    [InlineData("""{"ok":true,"authed_user":[{"access_token":"xoxp","token_type":"user"}]}""")]
    public void A_token_of_another_sort_is_never_taken_for_the_persons(string body) =>
        ReadSlack(body).Outcome.ShouldBe(TokenEndpointOutcome.Unusable);

    [Theory]
    [InlineData("invalid_refresh_token", "InvalidGrant")]
    [InlineData("invalid_code", "InvalidGrant")]
    [InlineData("invalid_grant", "InvalidGrant")]
    [InlineData("bad_client_secret", "ClientRefused")]
    [InlineData("internal_error", "Unusable")]
    public void A_providers_own_error_codes_have_their_meaning(string error, string outcome) =>
        ReadSlack($$"""{"ok":false,"error":"{{error}}"}""").Outcome.ToString().ShouldBe(outcome);

    [Fact]
    public void Codes_of_one_provider_mean_nothing_at_another() =>
        Read("""{"error":"invalid_refresh_token"}""", TokenResponseMapping.Standard).Outcome.ShouldBe(TokenEndpointOutcome.Unusable);

    [Fact]
    public void A_form_is_read_where_it_is_expected()
    {
        var result = Read("access_token=at%2B1&token_type=bearer&expires_in=3600&refresh_token=rt&scope=a+b", Forms, mediaType: Form);

        result.Tokens!.AccessToken.ShouldBe("at+1");
        result.Tokens.RefreshToken.ShouldBe("rt");
        result.Tokens.Scope.ShouldBe("a b");
        result.Tokens.ExpiresAt.ShouldBe(Now.AddHours(1));
        Read("error=bad_refresh_token&error_description=x", Forms, mediaType: Form).Outcome.ShouldBe(TokenEndpointOutcome.InvalidGrant);
        Read("""{"access_token":"at"}""", Forms).Tokens!.AccessToken.ShouldBe("at");
    }

    [Theory]
    [InlineData("access_token=a&access_token=b")]
    [InlineData("access_token=%zz")]
    [InlineData("access_token=a%0d%0aX: 1")]
    [InlineData("access_token=")]
    [InlineData("<html>")]
    [InlineData("")]
    public void A_form_that_could_be_read_differently_is_not_read(string body) =>
        Read(body, Forms, mediaType: Form).Outcome.ShouldBe(TokenEndpointOutcome.Unusable);

    [Fact]
    public void A_form_is_not_read_where_it_is_not_expected()
    {
        Read("access_token=at", TokenResponseMapping.Standard, mediaType: Form).Outcome.ShouldBe(TokenEndpointOutcome.Unusable);
        Read("access_token=at", Forms, mediaType: "text/html").Outcome.ShouldBe(TokenEndpointOutcome.Unusable);
    }

    [Fact]
    public void Every_field_can_be_called_and_lie_otherwise()
    {
        var mapping = new TokenResponseMapping
        {
            Within = ["result"],
            AccessToken = "auth.token",
            RefreshToken = "auth.renew",
            ExpiresIn = "ttl",
            Scope = "rights",
            TokenType = "auth.kind",
            TokenTypes = ["Key"],
        };

        var result = Read("""{"result":{"auth":{"token":"at","renew":"rt","kind":"kEY"},"ttl":"60","rights":"r"},"access_token":"other"}""", mapping);

        result.Tokens!.AccessToken.ShouldBe("at");
        result.Tokens.RefreshToken.ShouldBe("rt");
        result.Tokens.ExpiresAt.ShouldBe(Now.AddSeconds(60));
        result.Tokens.Scope.ShouldBe("r");
    }

    [Theory]
    [InlineData("""{"access_token":"at","user":{"id":7}}""", "7")]
    [InlineData("""{"access_token":"at","user":{"id":"u-7"}}""", "u-7")]
    [InlineData("""{"access_token":"at","user":{"id":1.5}}""", null)]
    [InlineData("""{"access_token":"at","user":{"id":true}}""", null)]
    [InlineData("""{"access_token":"at","user":{"id":{}}}""", null)]
    [InlineData("""{"access_token":"at","user":{"id":"a\u0000b"}}""", null)]
    [InlineData("""{"access_token":"at","user":{"id":"\ud800"}}""", null)]
    [InlineData("""{"access_token":"at","user":"7"}""", null)]
    [InlineData("""{"access_token":"at"}""", null)]
    public void An_account_is_a_string_or_a_whole_number_or_unknown(string body, string? subject) =>
        Read(body, TokenResponseMapping.Standard, new IdentityMapping { From = IdentitySource.TokenResponse, Subject = ["user.id"] }).Account.Subject.ShouldBe(subject);

    [Fact]
    public void Two_different_accounts_never_join_to_the_same_subject()
    {
        var identity = new IdentityMapping { From = IdentitySource.TokenResponse, Subject = ["t", "u"] };

        Read("""{"access_token":"at","t":"1","u":"23"}""", TokenResponseMapping.Standard, identity).Account.Subject.ShouldBe("1|23");
        Read("""{"access_token":"at","t":"12","u":"3"}""", TokenResponseMapping.Standard, identity).Account.Subject.ShouldBe("12|3");
        Read("""{"access_token":"at","t":"1|2","u":"3"}""", TokenResponseMapping.Standard, identity).Account.Subject.ShouldBeNull();
    }

    [Fact]
    public void An_account_nobody_asked_for_is_not_read() =>
        Read("""{"access_token":"at","sub":"7"}""", TokenResponseMapping.Standard).Account.ShouldBe(AccountResult.Unknown);

    private static TokenEndpointResult ReadSlack(string body) => Read(body, Slack.TokenResponse!, Slack.Identity);

    private static TokenEndpointResult Read(string body, TokenResponseMapping mapping, IdentityMapping? identity = null, string mediaType = "application/json") =>
        TokenResponsePolicy.Read(
            new GuardedResponse(GuardedOutcome.Answered) { Status = HttpStatusCode.OK, MediaType = mediaType, Body = Encoding.UTF8.GetBytes(body) },
            mapping,
            identity ?? IdentityMapping.None,
            Now);
}
