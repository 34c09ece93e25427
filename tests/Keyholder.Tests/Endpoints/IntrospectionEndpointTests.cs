using System.Net;
using System.Text.Json;
using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.VirtualKeys;
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

    [Fact]
    public async Task The_tokens_of_a_virtual_key_are_live_only_while_it_is_granted_the_resource()
    {
        var origin = new RequestOrigin(null, null);
        var (_, key, _) = await _host.Services.GetRequiredService<VirtualKeyRegistry>().CreateAsync("agent", null, null, "system", origin, default);
        var grants = _host.Services.GetRequiredService<GrantRegistry>();
        await grants.PutAsync(key.Id, new Grant(TokenHost.Resource.Name, null), "system", origin);
        var tokens = await _host.RedeemAsync((await _host.AuthorizeAsync(subject: new Subject(SubjectKind.VirtualKey, key.Id))).Code);
        tokens.Succeeded.ShouldBeTrue(tokens.Body);
        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            (await IntrospectAsync(token)).Body.ShouldContain("\"active\":true");
        }

        await grants.PutAsync(key.Id, new Grant(TokenHost.OtherResource.Name, null), "system", origin);
        await grants.RemoveAsync(key.Id, TokenHost.Resource.Name, "system", origin);
        _host.Services.GetRequiredService<VirtualKeyAccesses>().Forget(key.Id);

        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            (await IntrospectAsync(token)).Body.ShouldBe(Inactive);
        }
    }

    [Fact]
    public async Task The_tokens_of_a_virtual_key_are_not_live_while_the_user_it_acts_for_is_in_quarantine()
    {
        var origin = new RequestOrigin(null, null);
        var owner = await _host.AddUserAsync();
        var (_, key, _) = await _host.Services.GetRequiredService<VirtualKeyRegistry>().CreateAsync("agent", owner, null, "system", origin, default);
        await _host.Services.GetRequiredService<GrantRegistry>().PutAsync(key.Id, new Grant(TokenHost.Resource.Name, null), "system", origin);
        var tokens = await _host.RedeemAsync((await _host.AuthorizeAsync(subject: new Subject(SubjectKind.VirtualKey, key.Id))).Code);
        var now = _host.Time.GetUtcNow();
        var quarantine = new RevocationEntry(new RevocationTarget(RevocationTargetKind.Subject, Subject.User(owner).ToString()), now, now.AddDays(1), "operator") { IsQuarantine = true };

        var result = await _host.Services.GetRequiredService<KillSwitch>().RevokeAsync(new(quarantine, []), "system", origin);
        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            (await IntrospectAsync(token)).Body.ShouldBe(Inactive);
        }

        await _host.Services.GetRequiredService<KillSwitch>().LiftAsync(result.Id!.Value, "system", origin);
        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            (await IntrospectAsync(token)).Body.ShouldContain("\"active\":true");
        }
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

    [Fact]
    public async Task An_administrator_may_ask_about_any_token_admin_tokens_included()
    {
        var tokens = await _host.SignInAsync();
        var (admin, other) = (await CreateAdminTokenAsync("ci"), await CreateAdminTokenAsync("other"));

        (await IntrospectAsAdministratorAsync(admin, tokens.AccessToken)).Body.ShouldContain("\"token_use\":\"access_token\"");
        (await IntrospectAsAdministratorAsync(admin, tokens.RefreshToken)).Body.ShouldContain("\"token_use\":\"refresh_token\"");
        (await IntrospectAsAdministratorAsync(admin, "garbage")).Body.ShouldBe(Inactive);
        using var json = JsonDocument.Parse((await IntrospectAsAdministratorAsync(admin, other)).Body);
        json.RootElement.EnumerateObject().Select(member => member.Name).ShouldBe(["active", "iss", "sub", "iat", "token_use", "token_type", "jti"]);
        json.RootElement.GetProperty("sub").GetString().ShouldBe("admin_token:other");
        json.RootElement.GetProperty("jti").GetString().ShouldStartWith(AdminToken.RevocationIdPrefix);
    }

    [Fact]
    public async Task A_client_learns_nothing_of_admin_tokens() =>
        (await IntrospectAsync(await CreateAdminTokenAsync("ci"))).Body.ShouldBe(Inactive);

    [Fact]
    public async Task Another_bearer_token_or_a_second_credential_opens_nothing()
    {
        var tokens = await _host.SignInAsync();
        var admin = await CreateAdminTokenAsync("ci");
        foreach (var bearer in new[] { tokens.AccessToken, tokens.RefreshToken, admin[..^1] + (admin[^1] == 'A' ? 'Q' : 'A'), "" })
        {
            var answer = await IntrospectAsAdministratorAsync(bearer, tokens.AccessToken);
            (answer.Status, answer.Error).ShouldBe((HttpStatusCode.Unauthorized, "invalid_token"), bearer);
            answer.Headers.ShouldContain("WWW-Authenticate: Bearer error=\"invalid_token\"");
        }

        foreach (var second in new[] { "client_id", "client_secret", "client_assertion" })
        {
            (await IntrospectAsAdministratorAsync(admin, tokens.AccessToken, (second, "checker"))).Error.ShouldBe("invalid_request");
        }
    }

    [Fact]
    public async Task A_revoked_or_quarantined_admin_token_asks_nothing_and_is_inactive()
    {
        var (admin, other) = (await CreateAdminTokenAsync("ci"), await CreateAdminTokenAsync("other"));
        var id = (await _host.Services.GetRequiredService<IAdminTokenStore>().ListAsync(default)).Single(token => token.Name == "other").RevocationId;
        var quarantine = new RevocationEntry(new(RevocationTargetKind.Token, id), _host.Time.GetUtcNow(), RevocationEntry.Never, "operator") { IsQuarantine = true };
        var result = await _host.Services.GetRequiredService<KillSwitch>().RevokeAsync(new(quarantine, []), "system", new RequestOrigin(null, null));

        (await IntrospectAsAdministratorAsync(admin, other)).Body.ShouldBe(Inactive);
        (await IntrospectAsAdministratorAsync(other, admin)).Error.ShouldBe("invalid_token");

        await _host.Services.GetRequiredService<KillSwitch>().LiftAsync(result.Id!.Value, "system", new RequestOrigin(null, null));
        (await IntrospectAsAdministratorAsync(other, admin)).Body.ShouldContain("admin_token:ci");
    }

    [Fact]
    public async Task While_the_log_is_not_confirmed_an_administrator_is_told_to_come_back()
    {
        var admin = await CreateAdminTokenAsync("ci");
        var status = HttpStatusCode.OK;

        // The feed may just be confirming what the token's creation wrote.
        for (var attempt = 0; attempt < 50 && status == HttpStatusCode.OK; attempt++)
        {
            _host.Services.GetRequiredService<RevocationIndex>().Confirm(_host.Time.GetUtcNow().AddYears(-11));
            status = (await IntrospectAsAdministratorAsync(admin, "x")).Status;
        }

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private async Task<string> CreateAdminTokenAsync(string name) =>
        (await _host.Services.GetRequiredService<AdminTokens>().CreateAsync(name, "system", default)).ShouldNotBeNull();

    private Task<TokenAnswer> IntrospectAsAdministratorAsync(string bearer, string token, params (string Name, string Value)[] more)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/introspect")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("token", token), .. more.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))]),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + bearer);
        return _host.SendAsync(request);
    }

    private Task<TokenAnswer> IntrospectAsync(string token, string client = "checker") => _host.PostToAsync("/introspect", ("client_id", client), ("token", token));
}
