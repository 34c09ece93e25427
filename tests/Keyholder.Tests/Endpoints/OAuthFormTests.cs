using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Server.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Endpoints;

public sealed class OAuthFormTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/form", async (HttpContext context) =>
        {
            var form = await OAuthForm.ReadAsync(context.Request, context.RequestAborted);
            return form.Failed ? new OAuthErrorResult(form.Error) : Results.Text(form.Value["a"]);
        });
        _app.MapPost("/client", () => new OAuthErrorResult(OAuthErrors.InvalidClient.Because("the private reason")));
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.OK)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("Application/X-WWW-Form-Urlencoded;charset=\"UTF-8\"", HttpStatusCode.OK)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16", HttpStatusCode.BadRequest)]
    [InlineData("application/json", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=x", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", HttpStatusCode.BadRequest)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task Only_a_form_in_utf8_is_read(string? contentType, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent("a=1"u8.ToArray());
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        using var response = await _http.PostAsync("/form", content);

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_parameter_in_the_url_is_refused_even_when_the_body_is_fine()
    {
        using var response = await _http.PostAsync("/form?client_secret=x", Form("a=1"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"error":"invalid_request","error_description":"Parameters belong in the body, never in the URL."}""");
    }

    [Theory]
    [InlineData(OAuthForm.MaxBytes, HttpStatusCode.OK)]
    [InlineData(OAuthForm.MaxBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(20 * OAuthForm.MaxBytes, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_is_taken_up_to_its_limit(int size, HttpStatusCode expected)
    {
        using var response = await _http.PostAsync("/form", Form("a=" + new string('x', size - 2)));

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task An_error_is_json_that_nobody_stores_and_that_hides_the_private_reason()
    {
        using var response = await _http.PostAsync("/client", null);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"error":"invalid_client","error_description":"Client authentication failed."}""");
    }

    [Fact]
    public async Task A_failed_attempt_in_the_authorization_header_is_answered_with_its_challenge()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/client");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic !!!");

        using var response = await _http.SendAsync(request);

        response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Basic");
    }

    private static StringContent Form(string text) => new(text, Encoding.UTF8, "application/x-www-form-urlencoded");
}
