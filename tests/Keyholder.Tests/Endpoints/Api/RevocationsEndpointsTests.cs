using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Revocation;
using Keyholder.Tokens;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class RevocationsEndpointsTests
{
    private const string Path = "/api/revocations";

    public static TheoryData<string, string, int> Targets => new()
    {
        { "session", "{sid}", 1 },
        { "subject", "user:u1", 1 },
        { "client", "client-1", 1 },
        { "vk", "vk1", 0 },
        { "provider", "github", 1 },
        { "resource", "notes", 1 },
        { "resource", "https://keys.example.com/mcp/notes", 1 },
        { "all", "", 1 },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Every_kind_of_target_is_counted_by_a_dry_run_and_then_dead_at_once(string target, string value, int sessions)
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        await host.AddUserAsync("person1");
        var session = await host.AddSessionAsync(s => s with { Subject = Subject.User("u1"), ClientId = "client-1", Resource = RevocationFixture.Resource.Uri });
        var token = host.Issue(session);
        var body = Body(target, value.Replace("{sid}", session.Id.ToString(), StringComparison.Ordinal));

        var counted = await AddAsync(host, admin, body with { DryRun = true });
        (counted.Status, counted.Json.GetProperty("sessions").GetInt32(), counted.Json.GetProperty("dry_run").GetBoolean()).ShouldBe((HttpStatusCode.OK, sessions, true));
        counted.Json.GetProperty("revocation").GetProperty("id").GetString().ShouldBeNull();
        Validate(host, token).ShouldBe(AccessTokenOutcome.Valid);
        (await host.GetAsync(Path, admin)).Ids.ShouldBeEmpty();

        var added = await AddAsync(host, admin, body);
        (added.Status, added.Json.GetProperty("sessions").GetInt32(), added.Json.GetProperty("dry_run").GetBoolean()).ShouldBe((HttpStatusCode.Created, sessions, false));
        Validate(host, token).ShouldBe(sessions == 1 ? AccessTokenOutcome.Revoked : AccessTokenOutcome.Valid);
        (await host.Get<ISessionStore>().FindAsync(session.Id, default))!.RevokedAt.ShouldBe(sessions == 1 ? host.Now : null);
    }

    [Fact]
    public async Task One_token_is_revoked_by_its_jti_until_it_has_expired()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var session = await host.AddSessionAsync(s => s with { Resource = RevocationFixture.Resource.Uri });
        var (token, other) = (host.Issue(session), host.Issue(session));
        host.Get<IAccessTokenInspector>().Inspect(token, out var claims);

        var added = await AddAsync(host, admin, Body("token", claims!.Id) with { Reason = "leaked in a log", ExpiresAt = "2099-01-01T00:00:00Z" });

        added.Status.ShouldBe(HttpStatusCode.Created);
        var document = added.Json.GetProperty("revocation");
        document.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "target", "value", "quarantine", "reason", "cut_off", "expires_at"]);
        (document.GetProperty("reason").GetString(), document.GetProperty("expires_at").GetDateTimeOffset().Year).ShouldBe(("leaked in a log", 2099));
        (Validate(host, token), Validate(host, other)).ShouldBe((AccessTokenOutcome.Revoked, AccessTokenOutcome.Valid));
        var audited = (await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.RevocationAdded, Limit = 10 }, default)).ShouldHaveSingleItem().Event;
        (audited.Actor, audited.Target, audited.Reason, audited.RemoteAddress).ShouldBe(("admin_token:test", "token:" + claims.Id, "leaked in a log", "192.0.2.7"));
    }

    [Fact]
    public async Task A_quarantine_is_lifted_once_and_what_it_matched_works_again()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var token = host.Issue(await host.AddSessionAsync(s => s with { ClientId = "client-1", Resource = RevocationFixture.Resource.Uri }));
        var added = await AddAsync(host, admin, Body("client", "client-1") with { Quarantine = true });
        var id = added.Json.GetProperty("revocation").GetProperty("id").GetString();
        added.Json.GetProperty("revocation").GetProperty("expires_at").GetString().ShouldBeNull();
        Validate(host, token).ShouldBe(AccessTokenOutcome.Revoked);

        (await host.SendAsync(HttpMethod.Delete, $"{Path}/{id}", admin)).Status.ShouldBe(HttpStatusCode.NoContent);

        Validate(host, token).ShouldBe(AccessTokenOutcome.Valid);
        (await host.GetAsync(Path, admin)).Ids.ShouldBeEmpty();
        var again = await host.SendAsync(HttpMethod.Delete, $"{Path}/{id}", admin);
        (again.Status, again.ErrorId).ShouldBe((HttpStatusCode.NotFound, "api.revocation_not_standing"));
        (await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.RevocationLifted, Limit = 10 }, default)).ShouldHaveSingleItem().Event.Actor.ShouldBe("admin_token:test");
    }

    [Fact]
    public async Task What_is_for_good_is_409_and_what_never_stood_404()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var id = (await AddAsync(host, admin, Body("client", "client-1"))).Json.GetProperty("revocation").GetProperty("id").GetString();

        var permanent = await host.SendAsync(HttpMethod.Delete, $"{Path}/{id}", admin);
        (permanent.Status, permanent.ErrorId).ShouldBe((HttpStatusCode.Conflict, "api.revocation_permanent"));
        foreach (var unknown in new[] { "99", "0", "-1", "x", "%2B1", "99999999999999999999" })
        {
            (await host.SendAsync(HttpMethod.Delete, $"{Path}/{unknown}", admin)).ErrorId.ShouldBe("api.revocation_not_standing", unknown);
        }

        (await host.GetAsync(Path, admin)).Ids.ShouldBe([id!]);
    }

    [Fact]
    public async Task What_stands_is_listed_newest_first_in_pages()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, (await AddAsync(host, admin, Body("client", "client-" + i))).Json.GetProperty("revocation").GetProperty("id").GetString()!);
        }

        var pages = await host.PagesAsync(Path + "?limit=2", admin);

        pages.Select(page => page.Count).ShouldBe([2, 2, 1]);
        pages.SelectMany(page => page).ShouldBe(ids);
        var first = (await host.GetAsync(Path + "?limit=1", admin)).Json.GetProperty("revocations")[0];
        (first.GetProperty("target").GetString(), first.GetProperty("value").GetString(), first.GetProperty("quarantine").GetBoolean()).ShouldBe(("client", "client-4", false));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("cursor=-1")]
    [InlineData("cursor=x")]
    [InlineData("target=all")]
    public async Task A_parameter_that_is_not_understood_is_400(string query)
    {
        await using var host = await StartAsync();

        (await host.GetAsync($"{Path}?{query}", await host.AdminTokenAsync())).ErrorId.ShouldBe("api.parameter_invalid");
    }

    [Theory]
    [InlineData("{}", "api.parameter_invalid")]
    [InlineData("""{"value":"x"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"everything"}""", "api.parameter_invalid")]
    [InlineData("""{"target":null}""", "api.parameter_invalid")]
    [InlineData("""{"target":"all","value":"x"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"client"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"client","value":" x"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"session","value":"x"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"subject","value":"x"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"provider","value":"nobody"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"resource","value":"nothing"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"client","value":"x","reason":"  "}""", "api.parameter_invalid")]
    [InlineData("""{"target":"client","value":"x","expires_at":"2099-01-01T00:00:00Z"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"token","value":"x","expires_at":"2001-01-01T00:00:00Z"}""", "api.parameter_invalid")]
    [InlineData("""{"target":"token","value":"x","expires_at":"tomorrow"}""", "api.body_invalid")]
    [InlineData("""{"target":"token","value":"x","expires_at":4070908800}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":""}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":null}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":["x"]}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":"\ud800"}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":"x\u0000"}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":"x","quarantine":"yes"}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":"x","dryRun":true}""", "api.body_invalid")]
    [InlineData("""{"target":"client","value":"x","value":"y"}""", "api.body_invalid")]
    [InlineData("""[{"target":"all"}]""", "api.body_invalid")]
    [InlineData("""{"target":"all"} x""", "api.body_invalid")]
    [InlineData("", "api.body_invalid")]
    public async Task A_body_that_is_not_understood_changes_nothing(string body, string errorId)
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();

        var answer = await host.SendAsync(HttpMethod.Post, Path, admin, body);

        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.BadRequest, errorId));
        (await host.GetAsync(Path, admin)).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_administrators_may_look_revoke_or_lift()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var id = (await AddAsync(host, admin, Body("client", "client-1") with { Quarantine = true })).Json.GetProperty("revocation").GetProperty("id").GetString();
        var user = await host.TokenAsync(await host.AddUserAsync("person1"), ApiResource.SessionsScope, ApiResource.AdminScope);

        (await host.GetAsync(Path, user)).ErrorId.ShouldBe("api.scope_insufficient");
        (await AddAsync(host, user, Body("all", ""))).ErrorId.ShouldBe("api.scope_insufficient");
        (await host.SendAsync(HttpMethod.Delete, $"{Path}/{id}", user)).ErrorId.ShouldBe("api.scope_insufficient");
        (await host.GetAsync(Path, admin)).Ids.ShouldBe([id!]);
    }

    private static Task<ApiHost> StartAsync() => ApiHost.StartAsync(configure: configuration => configuration with
    {
        Resources = new ResourceSnapshot([RevocationFixture.Resource], [RevocationFixture.Resource.Providers[0].Provider]),
    });

    private static Asked Body(string target, string value) => new(target, value);

    private static Task<ApiAnswer> AddAsync(ApiHost host, string token, Asked asked) =>
        host.SendAsync(HttpMethod.Post, Path, token, System.Text.Json.JsonSerializer.Serialize(asked.Members));

    private static AccessTokenOutcome Validate(ApiHost host, string token) =>
        host.Get<IAccessTokenValidator>().Validate(token, RevocationFixture.Resource.Uri, out _);

    private sealed record Asked(string Target, string Value)
    {
        public bool Quarantine { get; init; }

        public bool DryRun { get; init; }

        public string? Reason { get; init; }

        public string? ExpiresAt { get; init; }

        public Dictionary<string, object> Members
        {
            get
            {
                var members = new Dictionary<string, object> { ["target"] = Target, ["quarantine"] = Quarantine, ["dry_run"] = DryRun };
                foreach (var (name, value) in new[] { ("value", Value), ("reason", Reason), ("expires_at", ExpiresAt) })
                {
                    if (!string.IsNullOrEmpty(value))
                    {
                        members[name] = value;
                    }
                }

                return members;
            }
        }
    }
}
