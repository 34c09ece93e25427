using System.Net;
using System.Text.Json;
using Keyholder.Audit;
using Keyholder.Revocation;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

public sealed class IntrospectionEndpointTests : IAsyncLifetime
{
    private const string Inactive = """{"active":false}""";

    private TokenHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TokenHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_live_access_token_is_described_without_touching_the_store()
    {
        var tokens = await _host.SignInAsync();

        var answer = await IntrospectAsync(tokens.AccessToken);

        using var json = JsonDocument.Parse(answer.Body);
        var root = json.RootElement;
        root.GetProperty("active").GetBoolean().ShouldBeTrue();
        root.GetProperty("iss").GetString().ShouldBe("http://localhost:7717");
        root.GetProperty("sub").GetString().ShouldStartWith("user:");
        root.GetProperty("aud").GetString().ShouldBe(TokenHost.Resource.Uri);
        root.GetProperty("client_id").GetString().ShouldBe("client");
        root.GetProperty("scope").GetString().ShouldBe("mcp:read mcp:write");
        root.GetProperty("token_type").GetString().ShouldBe("Bearer");
        root.GetProperty("exp").GetInt64().ShouldBe(_host.Time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds());
        root.GetProperty("jti").GetString().ShouldNotBeNullOrEmpty();
        answer.Headers.ShouldContain("Cache-Control: no-store");
        _host.Sessions.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_newest_refresh_token_is_active_and_its_predecessor_is_not()
    {
        var tokens = await _host.SignInAsync();
        (await IntrospectAsync(tokens.RefreshToken)).Body.ShouldContain("\"token_use\":\"refresh_token\"");

        var refreshed = await _host.RefreshAsync(tokens.RefreshToken);

        (await IntrospectAsync(tokens.RefreshToken)).Body.ShouldBe(Inactive);
        (await IntrospectAsync(refreshed.RefreshToken)).Body.ShouldContain("\"active\":true");
    }

    [Fact]
    public async Task Whatever_is_not_live_is_exactly_inactive()
    {
        var tokens = await _host.SignInAsync();
        foreach (var token in new[] { "x", "kh_rt_AAAA", (await _host.AuthorizeAsync()).Code, tokens.AccessToken[..^4] + "AAAA" })
        {
            (await IntrospectAsync(token)).Body.ShouldBe(Inactive);
        }

        _host.Time.Advance(TimeSpan.FromMinutes(10));
        (await IntrospectAsync(tokens.AccessToken)).Body.ShouldBe(Inactive);
    }

    [Fact]
    public async Task A_revocation_shows_at_once()
    {
        var tokens = await _host.SignInAsync();
        await _host.PostToAsync("/revoke", ("client_id", "client"), ("token", tokens.AccessToken));
        (await IntrospectAsync(tokens.AccessToken)).Body.ShouldBe(Inactive);
        (await IntrospectAsync(tokens.RefreshToken)).Body.ShouldContain("\"active\":true");

        var quarantine = new RevocationEntry(new(RevocationTargetKind.Client, "client"), _host.Time.GetUtcNow(), RevocationEntry.Never, "operator") { IsQuarantine = true };
        await _host.Services.GetRequiredService<KillSwitch>().RevokeAsync(new(quarantine, []), "system", new RequestOrigin(null, null));

        (await IntrospectAsync(tokens.RefreshToken)).Body.ShouldBe(Inactive);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("dynamic-checker")]
    [InlineData("nobody")]
    public async Task Only_a_configured_client_with_a_secret_may_ask(string client)
    {
        var tokens = await _host.SignInAsync();

        var answer = await IntrospectAsync(tokens.AccessToken, client);

        (answer.Status, answer.Error).ShouldBe((HttpStatusCode.Unauthorized, "invalid_client"));
    }

    [Fact]
    public async Task No_page_may_ask()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/introspect") { Content = new FormUrlEncodedContent([new("client_id", "checker"), new("token", "x")]) };
        request.Headers.Add("Origin", "https://app.example");

        (await _host.SendAsync(request)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private Task<TokenAnswer> IntrospectAsync(string token, string client = "checker") => _host.PostToAsync("/introspect", ("client_id", client), ("token", token));
}
