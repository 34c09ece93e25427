using Keyholder.Audit;
using Keyholder.Server.Commands;
using Keyholder.Storage;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.VirtualKeys;
using Microsoft.Data.Sqlite;

namespace Keyholder.Tests.Commands;

public sealed class ApplyVirtualKeysTests : IDisposable
{
    private const string Before = """{ "resources": { "notes": { "upstream": "https://up.example/mcp", "auth": "none" }, "wiki": { "upstream": "https://up.example/wiki", "auth": "none" } } }""";
    private const string Shown = "The key, shown only this once: ";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-apply-");
    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, string> _environment = [];
    private StringWriter _output = new();
    private StringWriter _error = new();

    public ApplyVirtualKeysTests()
    {
        _environment["KEYHOLDER__storage__path"] = Database;
        _environment["KEYHOLDER_CONFIG"] = Target;
        File.WriteAllText(Target, Before);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    private string Target => Path.Combine(_directory.FullName, "keyholder.json");

    private string Source => Path.Combine(_directory.FullName, "next.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Keys_are_made_and_shown_once_and_every_key_grant_and_tool_that_changes_is_named()
    {
        Declare("""{ "agent": { "grants": { "notes": { "tools": ["read"] } } }, "robot": {} }""");

        (await RunAsync("apply", "-f", Source)).ShouldBe(0);

        var made = Lines().Where(line => line.StartsWith("Made virtual key", StringComparison.Ordinal)).ToList();
        made.Count.ShouldBe(2);
        Lines().Take(4).ShouldBe(["+ virtualKeys.agent", "+ virtualKeys.agent.grants.notes", "+ virtualKeys.agent.grants.notes.tools.read", "+ virtualKeys.robot"]);
        (await File.ReadAllTextAsync(Target, Cancellation)).ShouldBe(await File.ReadAllTextAsync(Source, Cancellation));
        await using (var storage = await OpenAsync())
        {
            var key = (await storage.VirtualKeys.FindByNameAsync("agent", Cancellation)).ShouldNotBeNull();
            made[0].ShouldStartWith($"Made virtual key agent, {key.Id}. {Shown}kh_vk_");
            key.SecretHash.ShouldNotBeNull();
            var events = await storage.Audit.ListAsync(10, Cancellation);
            events.Select(audit => audit.Actor).ShouldBe(Enumerable.Repeat("cli:" + Environment.UserName, 4));
            events.Select(audit => audit.Action).Order(StringComparer.Ordinal)
                .ShouldBe([AuditActions.ConfigurationApplied, AuditActions.GrantChanged, AuditActions.VirtualKeyCreated, AuditActions.VirtualKeyCreated]);
        }

        (await RunAsync("apply", "-f", Source)).ShouldBe(0);
        Lines().ShouldBe(["Nothing changes."]);

        Declare("""{ "agent": { "grants": { "notes": { "tools": ["list"] }, "wiki": {} } } }""");
        (await RunAsync("apply", "-f", Source)).ShouldBe(0);
        Lines()[..^1].ShouldBe(
        [
            "- virtualKeys.agent.grants.notes.tools.read", "+ virtualKeys.agent.grants.notes.tools.list", "+ virtualKeys.agent.grants.wiki", "- virtualKeys.robot",
        ]);
        await using var after = await OpenAsync();
        (await after.VirtualKeys.FindByNameAsync("robot", Cancellation)).ShouldNotBeNull().StatusAt(_time.GetUtcNow()).ShouldBe(VirtualKeyStatus.Inactive);
        (await after.Audit.ListAsync(20, Cancellation)).Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_dry_run_names_what_would_change_in_the_database_too_and_changes_nothing()
    {
        Declare("""{ "agent": { "grants": { "notes": {} } } }""");
        (await RunAsync("apply", "-f", Source, "--dry-run")).ShouldBe(0);
        File.Exists(Database).ShouldBeFalse();
        (await RunAsync("apply", "-f", Source)).ShouldBe(0);

        Declare("""{ "agent": { "expiresAt": "2099-01-01" } }""");
        (await RunAsync("apply", "-f", Source, "--dry-run")).ShouldBe(0);

        Lines().ShouldBe(["~ virtualKeys.agent.expiresAt", "- virtualKeys.agent.grants.notes", $"Would make 2 change(s) to {Target}. Nothing was changed."]);
        await using var storage = await OpenAsync();
        var key = (await storage.VirtualKeys.FindByNameAsync("agent", Cancellation)).ShouldNotBeNull();
        key.ExpiresAt.ShouldBeNull();
        (await storage.Grants.FindAccessAsync(key.Id, Cancellation)).ShouldNotBeNull().Grants.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_dry_run_names_the_keys_that_only_the_database_knows_to_be_declared()
    {
        Declare("""{ "agent": {} }""");
        await RunAsync("apply", "-f", Source);
        await File.WriteAllTextAsync(Target, Before, Cancellation);
        await File.WriteAllTextAsync(Source, Before, Cancellation);

        (await RunAsync("apply", "-f", Source, "--dry-run")).ShouldBe(0);

        Lines().ShouldBe(["- virtualKeys.agent", $"Would make 1 change(s) to {Target}. Nothing was changed."]);
    }

    [Fact]
    public async Task A_dry_run_migrates_no_database_that_is_older_and_says_so()
    {
        await using var database = new SqliteConnection($"Data Source={Database};Pooling=False");
        await database.OpenAsync(Cancellation);
        await using var older = database.CreateCommand();
        older.CommandText = "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT; INSERT INTO schema_migrations VALUES (1, 'first', 1)";
        await older.ExecuteNonQueryAsync(Cancellation);
        Declare("""{ "agent": {} }""");

        (await RunAsync("apply", "-f", Source, "--dry-run")).ShouldBe(0);

        _output.ToString().ShouldContain($"Database: {Database}, which is missing, or older than this Keyholder, and is left so: only what changes in the file is known.");
        Lines().ShouldBe(["+ virtualKeys.agent", $"Would make 1 change(s) to {Target}. Nothing was changed."]);
        (await RunAsync("apply", "-f", Target, "--dry-run")).ShouldBe(0);
        Lines().ShouldBe(["Nothing changes in the file."]);
        older.CommandText = "SELECT (SELECT count(*) FROM sqlite_master) + (SELECT max(version) FROM schema_migrations)";
        (await older.ExecuteScalarAsync(Cancellation)).ShouldBe(2L);
    }

    [Theory]
    [InlineData("apply", "-f")]
    [InlineData("apply", "--dry-run", "-f")]
    public async Task The_database_it_works_on_is_named_first(params string[] args)
    {
        await RunAsync("vk", "create", "other");
        Declare("""{ "agent": {} }""");

        (await RunAsync([.. args, Source])).ShouldBe(0);

        _output.ToString().ShouldStartWith("Database: " + Database + Environment.NewLine);
    }

    [Theory]
    [InlineData("""{ "agent": { "user": "nobody" } }""", "virtualKeys.agent.user")]
    [InlineData("""{ "agent": { "expiresAt": "2001-01-01" } }""", "virtualKeys.agent.expiresAt")]
    [InlineData("""{ "agent": { "grants": { "nowhere": {} } } }""", "virtualKeys.agent.grants.nowhere")]
    [InlineData("""{ "other": {}, "agent": {} }""", "virtualKeys.other")]
    public async Task A_declaration_with_a_problem_is_refused_whole_with_or_without_a_dry_run(string keys, string path)
    {
        (await RunAsync("vk", "create", "other")).ShouldBe(0);
        Declare(keys);

        (await RunAsync("apply", "-f", Source, "--dry-run")).ShouldBe(1);
        _error.ToString().ShouldContain(path + ": ");
        (await RunAsync("apply", "-f", Source)).ShouldBe(1);

        _error.ToString().ShouldContain(path + ": ");
        (await File.ReadAllTextAsync(Target, Cancellation)).ShouldBe(Before);
        Directory.GetFiles(_directory.FullName, "*.json*").Order().ShouldBe([Target, Source]);
        await using var storage = await OpenAsync();
        (await storage.VirtualKeys.FindByNameAsync("agent", Cancellation)).ShouldBeNull();
        (await storage.Audit.ListAsync(10, Cancellation)).ShouldHaveSingleItem().Action.ShouldBe(AuditActions.VirtualKeyCreated);
    }

    [Fact]
    public async Task A_file_that_is_in_place_already_makes_the_keys_that_are_not_there_yet()
    {
        Declare("""{ "agent": {} }""");
        File.Copy(Source, Target, overwrite: true);

        (await RunAsync("apply", "-f", Target)).ShouldBe(0);

        Lines()[0].ShouldBe("+ virtualKeys.agent");
        Lines()[1].ShouldContain(Shown + "kh_vk_");
    }

    [Fact]
    public async Task After_a_crash_between_the_database_and_the_file_the_same_command_ends_what_it_began()
    {
        Declare("""{ "agent": {} }""");
        (await RunAsync("apply", "-f", Source)).ShouldBe(0);
        await File.WriteAllTextAsync(Target, Before, Cancellation);

        (await RunAsync("apply", "-f", Source)).ShouldBe(0);

        Lines()[0].ShouldBe("+ virtualKeys.agent");
        _output.ToString().ShouldNotContain("kh_vk_");
        (await File.ReadAllTextAsync(Target, Cancellation)).ShouldBe(await File.ReadAllTextAsync(Source, Cancellation));
    }

    [Fact]
    public async Task When_the_file_cannot_be_replaced_nothing_is_made()
    {
        // A name that leaves no room for that of the draft beside it.
        var target = Path.Combine(_directory.FullName, new string('k', 248) + ".json");
        File.Move(Target, target);
        _environment["KEYHOLDER_CONFIG"] = target;
        Declare("""{ "agent": {} }""");

        (await RunAsync("apply", "-f", Source)).ShouldBe(1);

        (await File.ReadAllTextAsync(target, Cancellation)).ShouldBe(Before);
        await using var storage = await OpenAsync();
        (await storage.VirtualKeys.FindByNameAsync("agent", Cancellation)).ShouldBeNull();
    }

    [Theory]
    [InlineData("update", "agent", "--name", "other")]
    [InlineData("update", "agent", "--expires-at", "2099-01-01")]
    [InlineData("delete", "agent")]
    [InlineData("grant", "agent", "wiki")]
    [InlineData("revoke-grant", "agent", "notes")]
    [InlineData("activate", "gone")]
    [InlineData("grant", "gone", "wiki")]
    public async Task The_command_line_refuses_what_the_file_owns_and_says_where_it_is_managed(params string[] args)
    {
        Declare("""{ "agent": { "grants": { "notes": {} } }, "gone": {} }""");
        await RunAsync("apply", "-f", Source);
        Declare("""{ "agent": { "grants": { "notes": {} } } }""");
        await RunAsync("apply", "-f", Source);

        (await RunAsync(["vk", .. args])).ShouldBe(1);

        _error.ToString().ShouldBe("keyholder: the configuration declares the key: change it there, under virtualKeys" + Environment.NewLine);
    }

    [Fact]
    public async Task A_declared_key_can_be_rotated_and_switched_off_and_on_and_is_listed_as_declared()
    {
        Declare("""{ "agent": {} }""");
        await RunAsync("apply", "-f", Source);

        (await RunAsync("vk", "rotate", "agent")).ShouldBe(0);
        _output.ToString().ShouldContain(Shown + "kh_vk_");
        (await RunAsync("vk", "deactivate", "agent")).ShouldBe(0);
        (await RunAsync("apply", "-f", Source)).ShouldBe(0);
        Lines().ShouldBe(["Nothing changes."]);
        (await RunAsync("vk", "list")).ShouldBe(0);
        Lines()[1].ShouldMatch("^agent .* inactive .* yes$");
        (await RunAsync("vk", "activate", "agent")).ShouldBe(0);
    }

    private void Declare(string keys) => File.WriteAllText(Source, Before.TrimEnd('}', ' ') + "} }, \"virtualKeys\": " + keys + " }");

    private Task<int> RunAsync(params string[] args)
    {
        (_output, _error) = (new StringWriter(), new StringWriter());
        return KeyholderCommand.RunAsync(args, new ProcessContext(TextReader.Null, _output, _error, _environment, _time));
    }

    private string[] Lines() => [.. _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n').Where(line => !line.StartsWith("Database: ", StringComparison.Ordinal))];

    private async Task<IKeyholderStorage> OpenAsync() => await SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Cancellation);
}
