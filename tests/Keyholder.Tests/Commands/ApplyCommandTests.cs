using Keyholder.Audit;
using Keyholder.Server.Commands;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Commands;

public sealed class ApplyCommandTests : IDisposable
{
    private const string Before = """
        {
          // what is there
          "providers": { "github": { "kind": "oauth2", "issuer": "https://idp.example", "clientId": "a", "clientSecret": "CANARY" } }
        }
        """;

    private const string After = """
        {
          // what comes
          "providers": { "github": { "kind": "oauth2", "issuer": "https://idp.example", "clientId": "a", "clientSecret": "CANARY-2" } },
          "resources": { "notes": { "upstream": "https://notes.example/mcp", "auth": "none" } },
          "sessions": { "idleLifetime": "7d" }
        }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-apply-");
    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, string> _environment = [];
    private StringWriter _output = new();
    private StringWriter _error = new();

    public ApplyCommandTests()
    {
        _environment["KEYHOLDER__storage__path"] = Database;
        _environment["KEYHOLDER_CONFIG"] = Target;
        File.WriteAllText(Target, Before);
        File.WriteAllText(Source, After);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    private string Target => Path.Combine(_directory.FullName, "keyholder.json");

    private string Source => Path.Combine(_directory.FullName, "next.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_dry_run_says_what_would_change_and_changes_nothing()
    {
        (await RunAsync("apply", "-f", Source, "--dry-run")).ShouldBe(0);

        Lines().ShouldBe(
        [
            "~ sessions.idleLifetime (at the next start)", "~ providers.github.clientSecret", "+ resources.notes", $"Would make 3 change(s) to {Target}. Nothing was changed.",
        ]);
        (await File.ReadAllTextAsync(Target, Cancellation)).ShouldBe(Before);
        File.Exists(Database).ShouldBeFalse();
    }

    [Fact]
    public async Task The_file_is_put_in_place_byte_for_byte_with_its_mode_and_the_audit_trail_says_who_did_it()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        (await RunAsync("apply", "-f", Source)).ShouldBe(0);

        (await File.ReadAllTextAsync(Target, Cancellation)).ShouldBe(After);
        Lines()[^1].ShouldBe($"Made 3 change(s) to {Target}. A running server takes them over within 5s, those marked so at its next start.");
        Directory.GetFiles(_directory.FullName, "*.json*").Order().ShouldBe([Target, Source]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        await using (var storage = await SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Cancellation))
        {
            var audited = (await storage.Audit.ListAsync(5, Cancellation)).ShouldHaveSingleItem();
            (audited.Action, audited.Actor, audited.Reason).ShouldBe((AuditActions.ConfigurationApplied, "cli:" + Environment.UserName, "3 changes"));
        }

        (await RunAsync("apply", "-f", Source)).ShouldBe(0);
        Lines().ShouldBe(["Nothing changes."]);
    }

    [Fact]
    public async Task A_file_with_any_problem_is_refused_whole_with_every_problem()
    {
        await File.WriteAllTextAsync(Source, After.Replace("\"none\"", "\"nothing\"", StringComparison.Ordinal).Replace("7d", "forever", StringComparison.Ordinal), Cancellation);

        (await RunAsync("apply", "-f", Source)).ShouldBe(1);

        _error.ToString().ShouldContain($"the configuration {Source} has ");
        _error.ToString().ShouldContain("resources.notes.auth");
        _error.ToString().ShouldContain("sessions.idleLifetime");
        (_output.ToString() + _error).ShouldNotContain("CANARY");
        (await File.ReadAllTextAsync(Target, Cancellation)).ShouldBe(Before);
    }

    [Fact]
    public async Task A_missing_file_or_nothing_to_replace_is_said()
    {
        (await RunAsync("apply", "-f", Source + ".missing")).ShouldBe(1);
        _error.ToString().ShouldContain("next.json.missing");

        _environment.Remove("KEYHOLDER_CONFIG");
        (await RunAsync("apply", "-f", Source)).ShouldBe(1);
        _error.ToString().ShouldContain("there is no configuration file to replace");
    }

    private Task<int> RunAsync(params string[] args)
    {
        (_output, _error) = (new StringWriter(), new StringWriter());
        return KeyholderCommand.RunAsync(args, new ProcessContext(TextReader.Null, _output, _error, _environment, _time));
    }

    private string[] Lines() => [.. _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n').Where(line => !line.StartsWith("Database: ", StringComparison.Ordinal))];
}
