using System.Text.Json;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Server.Commands;
using Keyholder.Sessions;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Commands;

public sealed class OperatorCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-operator-");
    private readonly StringWriter _error = new();
    private readonly ManualTimeProvider _time = new();
    private StringWriter _output = new();

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Sessions_are_listed_page_by_page_for_people_and_as_json()
    {
        await RunAsync("user", "add", "person2", "--display-name", "Person2 B");
        var person2 = await FindUserIdAsync("person2");
        var session = await AddSessionAsync(s => s with { Subject = Subject.User(person2), ClientId = "evil\u001b[2J\u202eclient" });
        var older = await AddSessionAsync(s => s with { CreatedAt = s.CreatedAt.AddDays(-1) });

        (await RunAsync("session", "list", "--user", "PERSON2")).ShouldBe(0);
        _output.ToString().ShouldContain(session.Id.ToString());
        _output.ToString().ShouldContain("Person2 B");
        _output.ToString().ShouldContain("evil[2Jclient");
        _output.ToString().ShouldNotContain(older.Id.ToString());

        (await RunAsync("session", "list", "--limit", "1", "--json")).ShouldBe(0);
        var page = JsonDocument.Parse(_output.ToString()).RootElement;
        page.GetProperty("sessions")[0].GetProperty("id").GetString().ShouldBe(session.Id.ToString());
        (await RunAsync("session", "list", "--json", "--cursor", page.GetProperty("next_cursor").GetString()!)).ShouldBe(0);
        JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("sessions")[0].GetProperty("id").GetString().ShouldBe(older.Id.ToString());
    }

    [Fact]
    public async Task A_session_is_revoked_on_the_database_alone_with_log_entry_and_who_did_it()
    {
        var session = await AddSessionAsync();

        (await RunAsync("session", "revoke", session.Id.ToString(), "--json")).ShouldBe(0);

        _output.ToString().Trim().ShouldBe("""{"count":1,"dry_run":false}""");
        await using var storage = await OpenAsync();
        (await storage.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull().RevokedReason.ShouldBe("operator");
        (await storage.Revocations.ReadAfterAsync(0, _time.GetUtcNow(), default)).ShouldHaveSingleItem().Revocation.Target.Value.ShouldBe(session.Id.ToString());
        var audited = await storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Limit = 5 }, default);
        audited.ShouldHaveSingleItem().Event.Actor.ShouldBe("cli:" + Environment.UserName);
    }

    [Fact]
    public async Task Many_are_counted_first_and_then_revoked_while_the_others_stay()
    {
        var cut = await AddSessionAsync(s => s with { ClientId = "c1" });
        var kept = await AddSessionAsync(s => s with { ClientId = "c2" });

        (await RunAsync("session", "revoke", "--client", "c1", "--dry-run")).ShouldBe(0);
        _output.ToString().ShouldContain("Would revoke 1 session");
        await using (var before = await OpenAsync())
        {
            (await before.Sessions.FindAsync(cut.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
        }

        (await RunAsync("session", "revoke", "--client", "c1")).ShouldBe(0);
        _output.ToString().ShouldContain("Revoked 1 session");
        await using var storage = await OpenAsync();
        (await storage.Sessions.FindAsync(cut.Id, default)).ShouldNotBeNull().RevokedAt.ShouldNotBeNull();
        (await storage.Sessions.FindAsync(kept.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_user_is_made_an_administrator_and_stops_being_one_and_both_are_audited_once()
    {
        await RunAsync("user", "add", "person1");
        var id = await FindUserIdAsync("person1");

        (await RunAsync("user", "admin", "PERSON1", "--grant")).ShouldBe(0);
        (await RunAsync("user", "admin", id, "--grant")).ShouldBe(0);
        _output.ToString().ShouldContain("already");
        await using (var granted = await OpenAsync())
        {
            (await granted.Users.FindAsync(id, default)).ShouldNotBeNull().Administrator.ShouldBeTrue();
        }

        (await RunAsync("user", "admin", id, "--revoke")).ShouldBe(0);
        await using var storage = await OpenAsync();
        (await storage.Users.FindAsync(id, default)).ShouldNotBeNull().Administrator.ShouldBeFalse();
        var audited = await storage.AuditTrail.ListAsync(new AuditQuery { Target = "user:" + id, Limit = 9 }, default);
        audited.Select(entry => (entry.Event.Action, entry.Event.Actor)).ShouldBe(
            new[] { AuditActions.UserAdministratorRevoked, AuditActions.UserAdministratorGranted, AuditActions.UserAdded }.Select(action => (action, "cli:" + Environment.UserName)));
    }

    [Theory]
    [InlineData("user", "admin", "nobody", "--grant")]
    [InlineData("user", "admin", "nobody")]
    [InlineData("user", "admin", "nobody", "--grant", "--revoke")]
    [InlineData("session", "revoke")]
    [InlineData("session", "revoke", "--dry-run")]
    [InlineData("session", "revoke", "nonsense")]
    [InlineData("session", "revoke", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("session", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--client", "c")]
    [InlineData("session", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--dry-run")]
    [InlineData("session", "revoke", "--client", "nobody")]
    [InlineData("session", "revoke", "--user", "u", "--virtual-key", "k")]
    [InlineData("session", "revoke", "--subject-kind", "all")]
    [InlineData("session", "list", "--limit", "0")]
    [InlineData("session", "list", "--limit", "x")]
    [InlineData("session", "list", "--cursor", "x")]
    [InlineData("audit", "--limit", "0")]
    [InlineData("admin", "token", "create", "a name")]
    [InlineData("admin", "token", "revoke", "nobody")]
    public async Task What_cannot_be_done_exits_with_1_says_why_and_changes_nothing(params string[] args)
    {
        var session = await AddSessionAsync();

        (await RunAsync(args)).ShouldBe(1);

        _error.ToString().ShouldNotBeEmpty();
        _error.ToString().ShouldNotContain("   at ");
        await using var storage = await OpenAsync();
        (await storage.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_session_is_not_revoked_twice()
    {
        var session = await AddSessionAsync();
        await RunAsync("session", "revoke", session.Id.ToString());

        (await RunAsync("session", "revoke", session.Id.ToString())).ShouldBe(1);

        _error.ToString().ShouldContain("already revoked");
    }

    [Fact]
    public async Task Admin_tokens_are_shown_once_listed_without_their_secret_and_revoked()
    {
        (await RunAsync("admin", "token", "create", "ci")).ShouldBe(0);
        var token = _output.ToString().Trim().Split(' ')[^1];
        token.ShouldStartWith("kh_ad_");
        (await RunAsync("admin", "token", "create", "ci")).ShouldBe(1);

        (await RunAsync("admin", "token", "list")).ShouldBe(0);
        _output.ToString().ShouldContain("ci");
        _output.ToString().ShouldNotContain(token);

        (await RunAsync("admin", "token", "revoke", "ci")).ShouldBe(0);
        await using var storage = await OpenAsync();
        (await storage.AdminTokens.ListAsync(default)).ShouldHaveSingleItem().RevokedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_audit_trail_says_what_commands_did()
    {
        await RunAsync("user", "add", "person2", "--administrator");
        await RunAsync("admin", "token", "create", "ci");
        await RunAsync("admin", "token", "revoke", "ci");

        (await RunAsync("audit", "--json")).ShouldBe(0);
        var events = JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("events").EnumerateArray().ToList();
        events.Select(e => e.GetProperty("action").GetString()).ShouldBe(["admin_token.revoked", "admin_token.created", "user.added"]);
        events.ShouldAllBe(e => e.GetProperty("actor").GetString() == "cli:" + Environment.UserName);

        (await RunAsync("audit", "--action", "user.added")).ShouldBe(0);
        _output.ToString().ShouldContain("administrator");
        _output.ToString().ShouldNotContain("admin_token");
        await using var storage = await OpenAsync();
        (await storage.Users.FindLocalAsync("person2", default)).ShouldNotBeNull().User.Administrator.ShouldBeTrue();
    }

    private Task<int> RunAsync(params string[] args)
    {
        _output = new StringWriter();
        return KeyholderCommand.RunAsync(
            args,
            new ProcessContext(TextReader.Null, _output, _error, new Dictionary<string, string> { ["KEYHOLDER__storage__path"] = Database }, _time));
    }

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, default);

    private async Task<string> FindUserIdAsync(string name)
    {
        await using var storage = await OpenAsync();
        return (await storage.Users.FindLocalAsync(name, default)).ShouldNotBeNull().User.Id;
    }

    private async Task<Session> AddSessionAsync(Func<Session, Session>? change = null)
    {
        await using var storage = await OpenAsync();
        var session = (change ?? (s => s))(Sample.Session(_time.GetUtcNow()));
        var request = Sample.Request(_time.GetUtcNow(), AuthorizationPhase.Upstream) with { SessionId = session.Id };
        await storage.AuthorizationRequests.AddAsync(request, default);
        await storage.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(_time.GetUtcNow(), AuditActions.SessionCreated), _time.GetUtcNow(), default);
        return session;
    }
}
