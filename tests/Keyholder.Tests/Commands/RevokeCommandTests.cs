using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Server.Commands;
using Keyholder.Sessions;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Revocation;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Commands;

public sealed class RevokeCommandTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-revoke-");
    private readonly ManualTimeProvider _time = new();
    private StringWriter _output = new();
    private StringWriter _error = new();

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_token_is_revoked_without_a_server_and_the_trail_says_by_whom()
    {
        (await RunAsync("token", "revoke", "jti-1", "--reason", "leaked in a ticket")).ShouldBe(0, _error.ToString());

        await using var storage = await OpenAsync();
        var entry = (await storage.Revocations.ReadAfterAsync(0, _time.GetUtcNow(), Token)).ShouldHaveSingleItem().Revocation;
        (entry.Target, entry.Reason, entry.IsQuarantine).ShouldBe((new RevocationTarget(RevocationTargetKind.Token, "jti-1"), "leaked in a ticket", false));
        var audit = (await storage.Audit.ListAsync(10, Token)).ShouldHaveSingleItem();
        (audit.Action, audit.Actor, audit.Target, audit.Reason).ShouldBe((AuditActions.RevocationAdded, "cli:" + Environment.UserName, "token:jti-1", "leaked in a ticket"));
    }

    [Theory]
    [InlineData("2030-06-01", "2030-06-01T00:00:00Z")]
    [InlineData("2030-06-01T12:30:00Z", "2030-06-01T12:30:00Z")]
    [InlineData("2030-06-01T12:30:00+02:00", "2030-06-01T10:30:00Z")]
    public async Task A_token_that_lives_longer_is_given_its_expiry(string text, string expected)
    {
        (await RunAsync("token", "revoke", "jti-1", "--expires-at", text)).ShouldBe(0, _error.ToString());

        await using var storage = await OpenAsync();
        (await storage.Revocations.ReadAfterAsync(0, _time.GetUtcNow(), Token)).Single().Revocation.ExpiresAt
            .ShouldBe(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("'tomorrow' is no date; write it as 2030-12-31", "token", "revoke", "jti-1", "--expires-at", "tomorrow")]
    [InlineData("'06/01/2030' is no date", "token", "revoke", "jti-1", "--expires-at", "06/01/2030")]
    [InlineData("the expiry is not in the future", "token", "revoke", "jti-1", "--expires-at", "2029-12-31")]
    [InlineData("'nope' is no session", "revoke", "session", "nope")]
    [InlineData("there is no user 'nobody'", "revoke", "user", "nobody")]
    [InlineData("no provider 'gitlab' is configured", "revoke", "provider", "gitlab")]
    [InlineData("no resource 'notes' is configured", "revoke", "resource", "notes")]
    [InlineData("a reason is 1 to 256 printable characters", "revoke", "all", "--reason", " ")]
    [InlineData("no revocation 1 stands", "revoke", "lift", "1")]
    [InlineData("", "revoke", "lift", "one")]
    [InlineData("", "revoke", "everything")]
    [InlineData("", "revoke", "client")]
    public async Task What_cannot_be_done_exits_with_1_says_why_and_changes_nothing(string message, params string[] args)
    {
        (await RunAsync(args)).ShouldBe(1);

        _error.ToString().ShouldContain(message);
        _error.ToString().ShouldNotContain("   at ");
        await using var storage = await OpenAsync();
        (await storage.Revocations.ReadAfterAsync(0, _time.GetUtcNow(), Token)).ShouldBeEmpty();
        (await storage.Audit.ListAsync(10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_is_named_by_sign_in_name_id_or_subject()
    {
        await RunAsync("user", "add", "person1");
        string id;
        await using (var storage = await OpenAsync())
        {
            id = (await storage.Users.FindLocalAsync("person1", Token))!.User.Id;
        }

        foreach (var name in new[] { "Person1", id, "user:" + id })
        {
            (await RunAsync("revoke", "user", name)).ShouldBe(0, _error.ToString());
            _output.ToString().ShouldContain($"Revoked user:{id}: 0 session(s). Revocation ");
        }

        (await RunAsync("revoke", "user", "user:deleted-long-ago")).ShouldBe(0);
    }

    [Fact]
    public async Task A_dry_run_says_how_many_and_changes_nothing()
    {
        (await RunAsync("revoke", "all", "--dry-run")).ShouldBe(0);

        _output.ToString().ShouldBe("Would revoke all: 0 session(s). Nothing was changed." + Environment.NewLine);
        await using var storage = await OpenAsync();
        (await storage.Revocations.ReadAfterAsync(0, _time.GetUtcNow(), Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_quarantine_is_listed_and_lifted_and_what_is_for_good_is_not()
    {
        await RunAsync("revoke", "client", "bot", "--quarantine", "--reason", "acts strangely");
        await RunAsync("revoke", "all");
        await RunAsync("revoke", "list");
        _output.ToString().ShouldBe(
            "ID\tKIND\tTARGET\tSINCE\tUNTIL\tREASON\n2\tpermanent\tall\t2030-01-01T00:00:00Z\t2030-01-01T03:00:00Z\toperator\n1\tquarantine\tclient:bot\t2030-01-01T00:00:00Z\t-\tacts strangely\n"
                .ReplaceLineEndings());

        (await RunAsync("revoke", "lift", "1")).ShouldBe(0);
        (await RunAsync("revoke", "lift", "1")).ShouldBe(1);
        (await RunAsync("revoke", "lift", "2")).ShouldBe(1);
        _error.ToString().ShouldContain("revocation 2 is for good");
    }

    [Fact]
    public async Task A_running_server_on_the_same_file_cuts_streams_with_its_next_poll()
    {
        await using var host = await KeyholderHost.StartAsync(
            configuration => configuration with { Storage = new() { Path = Database }, Revocation = new() },
            time: _time);
        var ended = new TaskCompletionSource();
        using var stream = host.Services.GetRequiredService<IRevocationWatcher>().Watch(AccessToken("bot"), ended.SetResult);

        (await RunAsync("revoke", "client", "bot")).ShouldBe(0, _error.ToString());
        ended.Task.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    [Fact]
    public async Task Storage_in_memory_has_nothing_to_write_to()
    {
        (await RunAsync(new Dictionary<string, string> { ["KEYHOLDER__storage__kind"] = "memory" }, "revoke", "all")).ShouldBe(1);

        _error.ToString().ShouldContain("storage is in memory");
    }

    private AccessToken AccessToken(string client) => new()
    {
        Id = "jti",
        SessionId = SessionId.Create(),
        Subject = Subject.User("u1"),
        ClientId = client,
        Audience = RevocationFixture.Resource.Uri,
        Scopes = [],
        IssuedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow().AddMinutes(10),
        AuthenticatedAt = _time.GetUtcNow(),
    };

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Token);

    private Task<int> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), args);

    private Task<int> RunAsync(Dictionary<string, string> environment, params string[] args)
    {
        (_output, _error) = (new StringWriter(), new StringWriter());
        environment.TryAdd("KEYHOLDER__storage__path", Database);
        return KeyholderCommand.RunAsync(args, new ProcessContext(TextReader.Null, _output, _error, environment, _time));
    }
}
