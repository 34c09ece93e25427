using System.Net;
using System.Text;

namespace Keyholder.Tests.Endpoints;

public sealed class TokenEndpointTests
{
    [Theory]
    [InlineData("", "invalid_request")]
    [InlineData("grant_type=", "invalid_request")]
    [InlineData("grant_type=password&username=a&password=b&client_id=client", "unsupported_grant_type")]
    [InlineData("grant_type=client_credentials&client_id=client", "unsupported_grant_type")]
    [InlineData("grant_type=REFRESH_TOKEN&client_id=client", "unsupported_grant_type")]
    [InlineData("grant_type=refresh_token&client_id=nobody&refresh_token=x", "invalid_client")]
    [InlineData("grant_type=refresh_token&refresh_token=x", "invalid_client")]
    [InlineData("grant_type=refresh_token&client_id=code-only&refresh_token=x", "unauthorized_client")]
    [InlineData("grant_type=authorization_code&client_id=refresh-only&code=x&code_verifier=y", "unauthorized_client")]
    [InlineData("grant_type=refresh_token&client_id=client", "invalid_request")]
    [InlineData("grant_type=refresh_token&client_id=client&refresh_token=", "invalid_request")]
    [InlineData("grant_type=authorization_code&client_id=client&code_verifier=x", "invalid_request")]
    [InlineData("grant_type=authorization_code&client_id=client&code=x", "invalid_request")]
    [InlineData("grant_type=refresh_token&client_id=client&refresh_token=x&refresh_token=x", "invalid_request")]
    [InlineData("grant_type=refresh_token&grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=refresh_token&client_id=client&refresh_token=x&resource=a&resource=b", "invalid_target")]
    [InlineData("grant_type=refresh_token&client_id=client&refresh_token=x&resource=https%3A%2F%2Fevil.example", "invalid_target")]
    [InlineData("grant_type=refresh_token&client_id=client&refresh_token=x&scope=%22", "invalid_scope")]
    [InlineData("grant_type=refresh_token&client_id=client&refresh_token=%zz", "invalid_request")]
    public async Task A_request_that_is_wrong_in_itself_is_told_so_and_touches_nothing(string form, string error)
    {
        await using var host = await TokenHost.StartAsync();

        var answer = await host.SendAsync(Post("/token", form));

        answer.Error.ShouldBe(error);
        answer.Status.ShouldBe(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest);
        answer.Headers.ShouldContain("Cache-Control: no-store");
        host.Sessions.Calls.ShouldBeEmpty();
        host.Clients.Touched.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Only_POST_is_answered(string method)
    {
        await using var host = await TokenHost.StartAsync();

        (await host.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/token"))).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_refresh_token_in_the_url_is_refused()
    {
        await using var host = await TokenHost.StartAsync();
        var token = (await host.SignInAsync()).RefreshToken;

        (await host.SendAsync(Post($"/token?refresh_token={token}", "grant_type=refresh_token&client_id=client"))).Error.ShouldBe("invalid_request");
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused()
    {
        await using var host = await TokenHost.StartAsync();
        var form = $"grant_type=refresh_token&client_id=client&refresh_token={(await host.SignInAsync()).RefreshToken}";

        var answer = await host.SendRawAsync(
            "POST /token HTTP/1.1\r\nHost: localhost:7717\r\nConnection: close\r\nAuthorization: Basic YTpi\r\nAuthorization: Basic Yzpk\r\n" +
            $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("The Authorization header is repeated.");
    }

    [Theory]
    [InlineData("refresh_token", "HTTP/1.1 200 ")]
    [InlineData("nothing", "HTTP/1.1 400 ")]
    public async Task An_answer_says_its_length_and_needs_no_second_write_for_its_end(string grantType, string status)
    {
        await using var host = await TokenHost.StartAsync();
        var form = $"grant_type={grantType}&client_id=client&refresh_token={(await host.SignInAsync()).RefreshToken}";

        var answer = await host.SendRawAsync(
            $"POST /token HTTP/1.1\r\nHost: localhost:7717\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}");

        var (head, body) = (answer.Split("\r\n\r\n")[0], answer.Split("\r\n\r\n")[1]);
        head.ShouldStartWith(status);
        head.ShouldContain($"Content-Length: {body.Length}\r\n");
        body.ShouldEndWith("}");
    }

    private static HttpRequestMessage Post(string path, string form) =>
        new(HttpMethod.Post, path) { Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded") };
}
