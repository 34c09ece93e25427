using System.Net;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class SessionsEndpointsTests
{
    private const string Sessions = "/api/oauth2/sessions";

    [Fact]
    public async Task A_user_sees_their_own_sessions_and_an_administrator_all()
    {
        await using var host = await ApiHost.StartAsync();
        var (person1, person2) = (await host.AddUserAsync("person1", administrator: true), await host.AddUserAsync("person2"));
        var admin = await host.AddApiSessionAsync(person1, ApiResource.AdminScope);
        var own = await host.AddApiSessionAsync(person2, ApiResource.SessionsScope);
        var bobs = await host.AddSessionAsync(s => s with { Subject = Subject.User(person2.Id) });
        var key = await host.AddSessionAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, person2.Id) });

        (await host.GetAsync(Sessions, host.Issue(own))).Ids.ShouldBe(Ids(own, bobs), ignoreOrder: true);
        (await host.GetAsync(Sessions, host.Issue(admin))).Ids.ShouldBe(Ids(admin, own, bobs, key), ignoreOrder: true);
        (await host.GetAsync(Sessions + "?user_id=" + person1.Id, host.Issue(own))).Ids.ShouldBeEmpty();
        (await host.GetAsync(Sessions + "?virtual_key_id=" + person2.Id, host.Issue(own))).Ids.ShouldBeEmpty();
        (await host.GetAsync(Sessions + "?subject_kind=vk", host.Issue(own))).Ids.ShouldBeEmpty();
        (await host.GetAsync(Sessions + "?q=person1", host.Issue(own))).Ids.ShouldBeEmpty();
        (await host.GetAsync($"{Sessions}?user_id={person2.Id}&client_id=dashboard", host.Issue(admin))).Ids.ShouldBe(Ids(own));
        (await host.GetAsync($"{Sessions}?virtual_key_id={person2.Id}&subject_kind=vk", host.Issue(admin))).Ids.ShouldBe(Ids(key));
        (await host.GetAsync($"{Sessions}?q=name%20of%20person2", host.Issue(admin))).Ids.ShouldBe(Ids(own, bobs), ignoreOrder: true);
    }

    [Fact]
    public async Task A_session_is_shown_with_names_and_without_anything_that_proves_possession()
    {
        await using var host = await ApiHost.StartAsync();
        var person2 = await host.AddUserAsync("person2");
        await host.Get<IClientStore>().AddAsync(Sample.Client("client-1", host.Now), 10, host.Now, host.Now, default);
        var session = await host.AddSessionAsync(s => s with
        {
            Subject = Subject.User(person2.Id),
            RefreshHash = Sample.Hash(),
            PreviousHash = Sample.Hash(),
            SealedSuccessor = Sample.Hash(),
            Generation = 7,
        });

        var answer = await host.GetAsync($"{Sessions}/{session.Id}", await host.AdminTokenAsync());

        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "id", "subject_kind", "subject", "user_id", "virtual_key_id", "subject_name", "client_id", "client_name", "resource", "scopes",
            "authenticated_at", "created_at", "last_used_at", "expires_at", "revoked_at", "revoked_reason",
        ]);
        answer.Json.GetProperty("subject_name").GetString().ShouldBe("Name of person2");
        answer.Json.GetProperty("client_name").GetString().ShouldBe("client client-1");
        answer.Json.GetProperty("user_id").GetString().ShouldBe(person2.Id);
        answer.Json.GetProperty("expires_at").GetDateTimeOffset().ShouldBe(session.IdleExpiresAt);
        foreach (var secret in new[] { session.Code.Hash, session.RefreshHash!, session.PreviousHash!, session.SealedSuccessor! })
        {
            answer.Body.ShouldNotContain(Convert.ToBase64String(secret));
            answer.Body.ShouldNotContain(Convert.ToHexString(secret), Case.Insensitive);
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_and_end()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync();
        var sessions = new List<Session>();
        for (var i = 0; i < 7; i++)
        {
            sessions.Add(await host.AddSessionAsync(s => s with { CreatedAt = host.Now.AddSeconds(i / 2) }));
        }

        var pages = await host.PagesAsync(Sessions + "?limit=3", token);

        pages.Select(page => page.Count).ShouldBe([3, 3, 1]);
        pages.SelectMany(page => page).ShouldBe(sessions.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id.Value).Select(s => s.Id.ToString()));
        (await host.PagesAsync(Sessions + "?limit=7", token)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=abc")]
    [InlineData("limit=501")]
    [InlineData("limit=+5")]
    [InlineData("limit=%205")]
    [InlineData("limit=5.0")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("limit=")]
    [InlineData("limit=5&limit=6")]
    [InlineData("cursor=abc")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cursor=____________________________________________")]
    [InlineData("subject_kind=User")]
    [InlineData("subject_kind=admin")]
    [InlineData("user_id=")]
    [InlineData("user_id=a&virtual_key_id=b")]
    [InlineData("userid=a")]
    [InlineData("USER_ID=a")]
    [InlineData("q=a%00b")]
    [InlineData("client_id=a%00")]
    public async Task A_parameter_that_is_not_understood_is_400(string query)
    {
        await using var host = await ApiHost.StartAsync();

        var answer = await host.GetAsync(Sessions + "?" + query, await host.AdminTokenAsync());

        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.BadRequest, "api.parameter_invalid"));
    }

    [Fact]
    public async Task Wildcards_in_a_text_are_literal_and_configured_clients_are_found_by_id_and_name()
    {
        var configured = Sample.Client("configured", DateTimeOffset.UnixEpoch) with { Source = ClientSource.Configured, Name = "Batch Runner" };
        await using var host = await ApiHost.StartAsync(configure: configuration => configuration with { Clients = [configured, configured with { Id = "100%_x", Name = null }] });
        var token = await host.AdminTokenAsync();
        var percent = await host.AddSessionAsync(s => s with { ClientId = "100%_x" });
        var batch = await host.AddSessionAsync(s => s with { ClientId = "configured" });

        (await host.GetAsync(Sessions + "?q=%25_", token)).Ids.ShouldBe(Ids(percent));
        (await host.GetAsync(Sessions + "?q=_", token)).Ids.ShouldBe(Ids(percent));
        var found = await host.GetAsync(Sessions + "?q=batch%20r", token);
        found.Ids.ShouldBe(Ids(batch));
        found.Json.GetProperty("sessions")[0].GetProperty("client_name").GetString().ShouldBe("Batch Runner");
    }

    [Fact]
    public async Task Ending_a_session_holds_at_once_and_is_audited_with_who_and_where_from()
    {
        await using var host = await ApiHost.StartAsync();
        var person2 = await host.AddUserAsync("person2");
        var own = host.Issue(await host.AddApiSessionAsync(person2, ApiResource.SessionsScope));
        var session = await host.AddSessionAsync(s => s with { Subject = Subject.User(person2.Id) });
        var accessToken = host.Issue(session);
        Validate(host, accessToken, session.Resource).ShouldBe(AccessTokenOutcome.Valid);

        var answer = await host.SendAsync(HttpMethod.Delete, $"{Sessions}/{session.Id}", own, change: request => request.Headers.Add("X-Request-Id", "request-4711"));

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        Validate(host, accessToken, session.Resource).ShouldBe(AccessTokenOutcome.Revoked);
        var audited = (await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Limit = 10 }, default)).ShouldHaveSingleItem().Event;
        audited.ShouldBe(new AuditEvent
        {
            At = host.Now,
            Action = AuditActions.SessionRevoked,
            Actor = $"user:{person2.Id}",
            Target = $"session:{session.Id}",
            Reason = "user_request",
            RemoteAddress = "192.0.2.7",
            RequestId = "request-4711",
        });
        (await host.GetAsync(Sessions, own)).Ids.ShouldNotContain(session.Id.ToString());
        (await host.GetAsync($"{Sessions}/{session.Id}", own)).Json.GetProperty("revoked_reason").GetString().ShouldBe("user_request");
    }

    [Fact]
    public async Task What_a_caller_may_not_see_cannot_be_told_from_what_does_not_exist()
    {
        await using var host = await ApiHost.StartAsync();
        var (person1, person2) = (await host.AddUserAsync("person1"), await host.AddUserAsync("person2"));
        var own = host.Issue(await host.AddApiSessionAsync(person2, ApiResource.SessionsScope));
        var adas = await host.AddSessionAsync(s => s with { Subject = Subject.User(person1.Id) });
        var revoked = await host.AddSessionAsync(s => s with { Subject = Subject.User(person2.Id) });
        await host.SendAsync(HttpMethod.Delete, $"{Sessions}/{revoked.Id}", own);

        var answers = new List<ApiAnswer>();
        foreach (var id in new[] { adas.Id.ToString(), revoked.Id.ToString(), SessionId.Create().ToString(), "nonsense" })
        {
            answers.Add(await host.SendAsync(HttpMethod.Delete, $"{Sessions}/{id}", own));
        }

        answers.Distinct().ShouldHaveSingleItem().Status.ShouldBe(HttpStatusCode.NotFound);
        (await host.GetAsync($"{Sessions}/{adas.Id}", own)).Body.ShouldBe((await host.GetAsync($"{Sessions}/{SessionId.Create()}", own)).Body);
        (await host.SendAsync(HttpMethod.Post, $"{Sessions}/{adas.Id}/reconsent", own)).Body.ShouldBe(answers[0].Body);
        (await host.Get<ISessionStore>().FindAsync(adas.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
        (await host.SendAsync(HttpMethod.Delete, $"{Sessions}/{adas.Id}", await host.AdminTokenAsync())).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Of_many_that_end_one_session_one_is_told_so()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync();
        var session = await host.AddSessionAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => host.SendAsync(HttpMethod.Delete, $"{Sessions}/{session.Id}", token)));

        answers.Count(answer => answer.Status == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.NotFound).ShouldBe(15);
    }

    [Fact]
    public async Task A_bulk_revocation_says_first_how_many_and_then_ends_just_those_at_once()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync();
        var cut = new[] { await host.AddSessionAsync(s => s with { ClientId = "c1" }), await host.AddSessionAsync(s => s with { ClientId = "c1" }) };
        var kept = await host.AddSessionAsync(s => s with { ClientId = "c2" });
        var tokens = cut.Select(host.Issue).ToList();

        var dry = await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", token, """{"client_id":"c1","dry_run":true}""");
        dry.Body.ShouldBe("""{"count":2,"dry_run":true}""");
        tokens.ShouldAllBe(t => Validate(host, t, cut[0].Resource) == AccessTokenOutcome.Valid);

        (await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", token, """{"client_id":"c1"}""")).Body.ShouldBe("""{"count":2,"dry_run":false}""");

        tokens.ShouldAllBe(t => Validate(host, t, cut[0].Resource) == AccessTokenOutcome.Revoked);
        Validate(host, host.Issue(kept), kept.Resource).ShouldBe(AccessTokenOutcome.Valid);
        var audited = await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Limit = 10 }, default);
        audited.Select(entry => entry.Event.Target).ShouldBe(cut.Select(s => $"session:{s.Id}"), ignoreOrder: true);
        audited.ShouldAllBe(entry => entry.Event.Actor == "admin_token:test" && entry.Event.RemoteAddress == "192.0.2.7" && entry.Event.RequestId != null);
    }

    [Theory]
    [InlineData("""{"user_id":"id-of-person2"}""", 2)]
    [InlineData("""{"virtual_key_id":"k"}""", 1)]
    [InlineData("""{"subject_kind":"user"}""", 3)]
    [InlineData("""{"resource":"https://gate.example/mcp/mail"}""", 1)]
    [InlineData("""{"resource":"https://gate.example/mcp/mail","user_id":"id-of-person1"}""", 0)]
    public async Task A_bulk_revocation_selects_by_each_part(string selector, int count)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddSessionAsync(s => s with { Subject = Subject.User("id-of-person2") });
        await host.AddSessionAsync(s => s with { Subject = Subject.User("id-of-person2"), Resource = "https://gate.example/mcp/mail" });
        await host.AddSessionAsync(s => s with { Subject = Subject.User("id-of-person1") });
        await host.AddSessionAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, "k") });

        (await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", await host.AdminTokenAsync(), selector)).Count.ShouldBe(count);
    }

    [Fact]
    public async Task A_user_revokes_their_own_in_bulk_whatever_they_select()
    {
        await using var host = await ApiHost.StartAsync();
        var (person1, person2) = (await host.AddUserAsync("person1"), await host.AddUserAsync("person2"));
        var own = host.Issue(await host.AddApiSessionAsync(person2, ApiResource.SessionsScope));
        var adas = await host.AddSessionAsync(s => s with { Subject = Subject.User(person1.Id) });
        await host.AddSessionAsync(s => s with { Subject = Subject.User(person2.Id) });

        (await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", own, $$"""{"user_id":"{{person1.Id}}"}""")).Count.ShouldBe(0);
        (await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", own, """{"virtual_key_id":"k","dry_run":true}""")).Count.ShouldBe(0);
        (await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", own, """{"client_id":"client-1"}""")).Count.ShouldBe(1);

        (await host.Get<ISessionStore>().FindAsync(adas.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("{}", "api.selector_empty")]
    [InlineData("""{"dry_run":true}""", "api.selector_empty")]
    [InlineData("""{"dry_run":"true","client_id":"c"}""", "api.body_invalid")]
    [InlineData("""{"dryRun":true,"client_id":"c"}""", "api.body_invalid")]
    [InlineData("""{"client_id":"c","client_id":"d"}""", "api.body_invalid")]
    [InlineData("""{"client_id":null,"user_id":"u"}""", "api.body_invalid")]
    [InlineData("""{"client_id":""}""", "api.body_invalid")]
    [InlineData("""{"client_id":["c"]}""", "api.body_invalid")]
    [InlineData("""{"user_id":"u","virtual_key_id":"k"}""", "api.body_invalid")]
    [InlineData("""{"subject_kind":"all"}""", "api.body_invalid")]
    [InlineData("""{"everything":true}""", "api.body_invalid")]
    [InlineData("""{"client_id":"c"} {}""", "api.body_invalid")]
    [InlineData("""{"client_id":"c\u0000"}""", "api.body_invalid")]
    [InlineData("[]", "api.body_invalid")]
    [InlineData("", "api.body_invalid")]
    public async Task A_bulk_revocation_that_is_not_understood_revokes_nothing(string body, string error)
    {
        await using var host = await ApiHost.StartAsync();
        var session = await host.AddSessionAsync(s => s with { ClientId = "c", Subject = Subject.User("u") });

        var answer = await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", await host.AdminTokenAsync(), body);

        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.BadRequest, error));
        (await host.Get<ISessionStore>().FindAsync(session.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_body_of_another_kind_or_without_end_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync();

        var form = await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", token, """{"client_id":"c"}""", request => request.Content!.Headers.ContentType = new("text/plain"));
        (form.Status, form.ErrorId).ShouldBe((HttpStatusCode.UnsupportedMediaType, "api.body_unsupported"));
        var large = await host.SendAsync(HttpMethod.Post, Sessions + "/revoke", token, $$"""{"client_id":"{{new string('c', 20_000)}}"}""");
        (large.Status, large.ErrorId).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "api.body_too_large"));
    }

    [Fact]
    public async Task Reconsent_forgets_the_approval_and_leaves_the_session()
    {
        await using var host = await ApiHost.StartAsync();
        var person2 = await host.AddUserAsync("person2");
        var own = host.Issue(await host.AddApiSessionAsync(person2, ApiResource.SessionsScope));
        var session = await host.AddSessionAsync(s => s with { Subject = Subject.User(person2.Id) });
        var consent = Sample.Consent(host.Now, "tools:read") with { Subject = session.Subject };
        var request = Sample.Request(host.Now, AuthorizationPhase.Consent);
        await host.Get<IAuthorizationRequestStore>().AddAsync(request, default);
        await host.Get<IAuthorizationRequestStore>().ConsentAsync(request.Id, consent, null, host.Now, default);

        (await host.SendAsync(HttpMethod.Post, $"{Sessions}/{session.Id}/reconsent", own)).Status.ShouldBe(HttpStatusCode.NoContent);

        (await host.Get<IConsentStore>().FindAsync(consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource, default)).ShouldBeNull();
        Validate(host, host.Issue(session), session.Resource).ShouldBe(AccessTokenOutcome.Valid);
        var audited = (await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.ConsentForgotten, Limit = 10 }, default)).ShouldHaveSingleItem().Event;
        (audited.Actor, audited.Target, audited.RemoteAddress).ShouldBe(($"user:{person2.Id}", $"session:{session.Id}", "192.0.2.7"));
    }

    [Fact]
    public async Task A_store_that_fails_is_never_answered_with_success()
    {
        await using var host = await ApiHost.StartAsync(services => services.AddSingleton<ISessionDirectory, BrokenDirectory>());
        var token = await host.AdminTokenAsync();

        foreach (var (method, path) in new[]
                 {
                     (HttpMethod.Get, Sessions), (HttpMethod.Delete, $"{Sessions}/{SessionId.Create()}"), (HttpMethod.Post, Sessions + "/revoke"), (HttpMethod.Post, $"{Sessions}/{SessionId.Create()}/reconsent"),
                 })
        {
            var answer = await host.SendAsync(method, path, token, method == HttpMethod.Post ? """{"client_id":"c"}""" : null);
            answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
    }

    private static AccessTokenOutcome Validate(ApiHost host, string token, string resource) => host.Get<IAccessTokenValidator>().Validate(token, resource, out _);

    private static IEnumerable<string> Ids(params Session[] sessions) => sessions.Select(session => session.Id.ToString());

    private sealed class BrokenDirectory : ISessionDirectory
    {
        public Task<IReadOnlyList<SessionListing>> ListAsync(SessionQuery query, DateTimeOffset now, CancellationToken cancellationToken) => throw new TimeoutException();

        public Task<SessionListing?> FindAsync(SessionId id, CancellationToken cancellationToken) => throw new TimeoutException();

        public Task<int> CountAsync(SessionSelector selector, CancellationToken cancellationToken) => throw new TimeoutException();

        public Task<IReadOnlyList<SessionId>> RevokeAsync(
            SessionSelector selector, string reason, DateTimeOffset entriesExpireAt, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) => throw new TimeoutException();

        public Task<bool> ForgetConsentAsync(SessionId id, AuditEvent audit, CancellationToken cancellationToken) => throw new TimeoutException();
    }
}
