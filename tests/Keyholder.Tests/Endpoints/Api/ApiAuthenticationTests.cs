using System.Net;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class ApiAuthenticationTests
{
    private const string Sessions = "/api/oauth2/sessions";

    [Fact]
    public async Task Every_route_of_the_API_refuses_a_caller_without_a_token()
    {
        await using var host = await ApiHost.StartAsync();
        var routes = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal)).ToList();
        routes.Count.ShouldBeGreaterThanOrEqualTo(6);

        foreach (var route in routes)
        {
            var path = route.RoutePattern.RawText!.Replace("{id}", SessionId.Create().ToString(), StringComparison.Ordinal);
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var answer = await host.SendAsync(new HttpMethod(method), path, token: null);
                (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.Unauthorized, "api.token_missing"), path);
                answer.CacheControl.ShouldBe("no-store");
                answer.Challenge.ShouldBe("Bearer resource_metadata=\"http://localhost:7717/.well-known/oauth-protected-resource/api\", scope=\"keyholder:sessions\"");
            }
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("kh_ad_")]
    [InlineData("kh_ad_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_token_is_refused_without_a_word_why(string token)
    {
        await using var host = await ApiHost.StartAsync();

        var answer = await host.GetAsync(Sessions, token);

        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.Unauthorized, "api.token_invalid"));
        answer.Challenge.ShouldStartWith("Bearer error=\"invalid_token\", resource_metadata=");
    }

    [Fact]
    public async Task A_token_for_a_resource_never_opens_the_API_even_with_its_scopes()
    {
        await using var host = await ApiHost.StartAsync();
        var admin = await host.AddUserAsync("person1", administrator: true);
        foreach (var audience in new[] { host.Server.Issuer.At("/mcp/notes"), host.Server.Issuer.Value, host.Api.Uri + "/", host.Api.Uri + "/oauth2" })
        {
            var session = await host.AddSessionAsync(s => s with { Subject = Subject.User(admin.Id), Resource = audience, Scopes = [ApiResource.AdminScope, ApiResource.SessionsScope] });

            (await host.GetAsync(Sessions, host.Issue(session))).ErrorId.ShouldBe("api.token_invalid");
        }
    }

    [Fact]
    public async Task A_cookie_or_a_parameter_opens_nothing()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync();

        var cookie = await host.SendAsync(HttpMethod.Get, Sessions, null, change: request => request.Headers.Add("Cookie", $"__Host-keyholder-session={token}"));
        cookie.ErrorId.ShouldBe("api.token_missing");
        (await host.GetAsync(Sessions + "?access_token=" + token, null)).ErrorId.ShouldBe("api.token_missing");
        (await host.GetAsync(Sessions + "?access_token=" + token, token)).ErrorId.ShouldBe("api.credentials_conflict");
        var basic = await host.SendAsync(HttpMethod.Get, Sessions, null, change: request => request.Headers.TryAddWithoutValidation("Authorization", "Basic " + token));
        basic.ErrorId.ShouldBe("api.token_missing");
    }

    [Fact]
    public async Task An_admin_token_works_until_it_is_revoked_or_changed()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync("ci");
        var other = await host.AdminTokenAsync("other");
        token.ShouldStartWith("kh_ad_");
        (await host.GetAsync(Sessions, token)).Status.ShouldBe(HttpStatusCode.OK);
        for (var i = 6; i < token.Length; i += 9)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            (await host.GetAsync(Sessions, changed)).ErrorId.ShouldBe("api.token_invalid");
        }

        (await AdminTokens.RevokeAsync(host.Get<IAdminTokenStore>(), "ci", "system", host.Now, default)).ShouldBeTrue();

        (await host.GetAsync(Sessions, token)).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, other)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_admin_token_can_be_revoked_by_its_id_alone_and_everything_takes_it_along()
    {
        await using var host = await ApiHost.StartAsync();
        var (one, other) = (await host.AdminTokenAsync("one"), await host.AdminTokenAsync("other"));
        var id = (await host.Get<IAdminTokenStore>().ListAsync(default)).Single(token => token.Name == "one").RevocationId;

        (await host.SendAsync(HttpMethod.Post, "/api/revocations", other, $$"""{"target":"token","value":"{{id}}"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await host.GetAsync(Sessions, one)).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, other)).Status.ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync(HttpMethod.Post, "/api/revocations", other, """{"target":"all"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await host.GetAsync(Sessions, other)).ErrorId.ShouldBe("api.token_invalid");

        // No entry of the log lives that long: what is revoked for good stays so.
        host.Server.Time.Advance(TimeSpan.FromDays(400));
        host.Get<RevocationIndex>().RemoveExpired(host.Now);
        (await host.GetAsync(Sessions, one)).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, other)).ErrorId.ShouldBe("api.token_invalid");
    }

    [Fact]
    public async Task An_admin_token_in_quarantine_works_again_once_that_is_lifted_and_not_before()
    {
        await using var host = await ApiHost.StartAsync();
        var (one, other) = (await host.AdminTokenAsync("one"), await host.AdminTokenAsync("other"));
        var id = (await host.Get<IAdminTokenStore>().ListAsync(default)).Single(token => token.Name == "one").RevocationId;
        var added = await host.SendAsync(HttpMethod.Post, "/api/revocations", other, $$"""{"target":"token","value":"{{id}}","quarantine":true}""");
        added.Json.GetProperty("revocation").GetProperty("expires_at").GetString().ShouldBeNull();

        host.Server.Time.Advance(TimeSpan.FromDays(400));
        host.Get<RevocationIndex>().RemoveExpired(host.Now);
        (await host.GetAsync(Sessions, one)).ErrorId.ShouldBe("api.token_invalid");

        (await host.SendAsync(HttpMethod.Delete, "/api/revocations/" + added.Json.GetProperty("revocation").GetProperty("id").GetString(), other)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.GetAsync(Sessions, one)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_admin_token_is_answered_503_while_the_log_is_not_confirmed()
    {
        var log = new FailingRevocationLog();
        await using var host = await ApiHost.StartAsync(
            services => services.AddSingleton<IRevocationStore>(provider => log.Over(provider.GetRequiredService<IKeyholderStorage>().Revocations)),
            configuration => configuration with { Revocation = new RevocationOptions() });
        var token = await host.AdminTokenAsync();
        log.Fails = true;
        host.Server.Time.Advance(TimeSpan.FromMinutes(1));

        var answer = await host.GetAsync(Sessions, token);

        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.ServiceUnavailable, "api.revocation_unknown"));
    }

    [Fact]
    public async Task A_refresh_token_or_a_code_is_no_admin_token()
    {
        await using var host = await ApiHost.StartAsync();
        var formats = host.Get<OpaqueTokenFormats>();
        await host.AdminTokenAsync();
        var id = (await host.Get<IAdminTokenStore>().ListAsync(default))[0].Id;
        SessionId.TryParse(id, out var sessionId).ShouldBeTrue();
        var forged = formats.RefreshToken.Format(new OpaqueToken(sessionId, 0, TokenSecret.Create()));

        (await host.GetAsync(Sessions, forged)).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, string.Concat("kh_ad_", forged.AsSpan(6)))).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, formats.AdminToken.Format(new OpaqueToken(sessionId, 0, TokenSecret.Create())))).ErrorId.ShouldBe("api.token_invalid");
    }

    [Fact]
    public async Task The_admin_scope_counts_only_while_its_user_is_an_administrator()
    {
        await using var host = await ApiHost.StartAsync();
        var admin = await host.AddUserAsync("person1", administrator: true);
        var formerly = await host.AddUserAsync("person2");

        (await host.GetAsync("/api/audit", await host.TokenAsync(admin, ApiResource.AdminScope))).Status.ShouldBe(HttpStatusCode.OK);
        (await host.GetAsync("/api/audit", await host.TokenAsync(admin, ApiResource.SessionsScope))).ErrorId.ShouldBe("api.scope_insufficient");
        var answer = await host.GetAsync("/api/audit", await host.TokenAsync(formerly, ApiResource.AdminScope, ApiResource.SessionsScope));
        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.Forbidden, "api.scope_insufficient"));
        answer.Challenge.ShouldContain("error=\"insufficient_scope\"");
        answer.Challenge.ShouldContain("scope=\"keyholder:sessions keyholder:credentials keyholder:admin\"");
        (await host.GetAsync(Sessions, await host.TokenAsync(formerly, ApiResource.AdminScope))).ErrorId.ShouldBe("api.scope_insufficient");
    }

    [Fact]
    public async Task Disabled_users_unknown_users_and_keys_do_not_get_in()
    {
        await using var host = await ApiHost.StartAsync();
        var disabled = await host.AddUserAsync("eve", administrator: true, disabled: true);
        var ghost = disabled with { Id = "nobody" };
        var key = await host.AddSessionAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, disabled.Id), Resource = host.Api.Uri, Scopes = [ApiResource.AdminScope] });

        (await host.GetAsync(Sessions, await host.TokenAsync(disabled, ApiResource.AdminScope))).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, await host.TokenAsync(ghost, ApiResource.AdminScope))).ErrorId.ShouldBe("api.token_invalid");
        (await host.GetAsync(Sessions, host.Issue(key))).ErrorId.ShouldBe("api.token_invalid");
    }

    [Fact]
    public async Task A_revoked_token_is_refused_and_a_stale_index_answers_503()
    {
        await using var host = await ApiHost.StartAsync();
        var admin = await host.AddUserAsync("person1", administrator: true);
        var session = await host.AddApiSessionAsync(admin, ApiResource.AdminScope);
        var token = host.Issue(session);
        await host.Get<SessionRevoker>().RevokeAsync(session.Id, RevocationReasons.Operator, "system", new(null, null));

        (await host.GetAsync(Sessions, token)).ErrorId.ShouldBe("api.token_invalid");

        await using var stale = await ApiHost.StartAsync(services => services.AddSingleton<IAccessTokenValidator>(new StaleValidator()));
        var answer = await stale.GetAsync(Sessions, "x.y.z");
        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.ServiceUnavailable, "api.revocation_unknown"));
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_send_a_write_even_with_a_token()
    {
        await using var host = await ApiHost.StartAsync();
        var session = await host.AddSessionAsync();

        var answer = await host.SendAsync(HttpMethod.Delete, $"{Sessions}/{session.Id}", await host.AdminTokenAsync(), change: request => request.Headers.Add("Origin", "https://evil.example"));

        answer.Status.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Get<ISessionStore>().FindAsync(session.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task The_API_describes_itself_as_a_resource_and_is_none_the_gateway_forwards_to()
    {
        await using var host = await ApiHost.StartAsync();

        var metadata = await host.GetAsync("/.well-known/oauth-protected-resource/api", null);

        metadata.Json.GetProperty("resource").GetString().ShouldBe("http://localhost:7717/api");
        metadata.Json.GetProperty("scopes_supported").EnumerateArray().Select(s => s.GetString()).ShouldBe(["keyholder:sessions", "keyholder:credentials", "keyholder:admin"]);
        var snapshot = host.Get<IResourceSource>().Current;
        snapshot.FindByName("api").ShouldBeNull();
        snapshot.Resources.ShouldBeEmpty();
        (await host.SendAsync(HttpMethod.Post, "/mcp/api", await host.AdminTokenAsync(), "{}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private sealed class StaleValidator : IAccessTokenValidator
    {
        public AccessTokenOutcome Validate(ReadOnlySpan<char> token, string audience, out AccessToken? accessToken)
        {
            accessToken = null;
            return AccessTokenOutcome.RevocationUnknown;
        }
    }
}
