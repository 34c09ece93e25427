using Keyholder.Authorization;
using Keyholder.OAuth;

namespace Keyholder.Tests.Authorization;

public sealed class AuthorizationResponseTests
{
    private static readonly Issuer Issuer = new("https://keys.example.com");

    [Theory]
    [InlineData("https://app.example/cb", "https://app.example/cb?code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    [InlineData("https://app.example/cb?a=1", "https://app.example/cb?a=1&code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    [InlineData("https://app.example/cb?", "https://app.example/cb?code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    [InlineData("https://app.example/cb?a=1&", "https://app.example/cb?a=1&code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    [InlineData("https://app.example/%63b/?A=%2f", "https://app.example/%63b/?A=%2f&code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    [InlineData("cursor://auth/cb", "cursor://auth/cb?code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    [InlineData("http://[::1]:9/", "http://[::1]:9/?code=c1&state=s&iss=https%3A%2F%2Fkeys.example.com")]
    public void The_redirect_uri_stays_as_it_is_and_the_answer_is_appended(string redirectUri, string expected) =>
        AuthorizationResponse.Success(Issuer, redirectUri, "s", "c1").ShouldBe(expected);

    [Fact]
    public void Nothing_in_a_state_can_leave_its_parameter()
    {
        var url = AuthorizationResponse.Success(Issuer, "https://app.example/cb", "a&code=evil#x\r\nSet-Cookie: a=b é", "c1");
        url.ShouldBe("https://app.example/cb?code=c1&state=a%26code%3Devil%23x%0D%0ASet-Cookie%3A%20a%3Db%20%C3%A9&iss=https%3A%2F%2Fkeys.example.com");
    }

    [Fact]
    public void An_absent_state_is_not_sent() =>
        AuthorizationResponse.Failure(Issuer, "https://app.example/cb", null, OAuthErrors.AccessDenied.Because("private"))
            .ShouldBe("https://app.example/cb?error=access_denied&error_description=The%20request%20was%20denied.&iss=https%3A%2F%2Fkeys.example.com");
}
