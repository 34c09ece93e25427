using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Server.Commands;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Commands;

/// <summary>Imports on command and at the start.</summary>
public sealed class ImportCommandTests : IAsyncLifetime
{
    private const string VaultKey = "a:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-import-");
    private readonly ManualTimeProvider _time = new();
    private readonly Session _session;
    private StringWriter _output = new();
    private StringWriter _error = new();

    public ImportCommandTests() => _session = Sample.Session(_time.GetUtcNow());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    private string FilePath => Path.Combine(_directory.FullName, "import.jsonl");

    private CredentialKey Key => new(new CredentialOwner(CredentialOwnerKind.Session, _session.Id.ToString()), "github");

    public async ValueTask InitializeAsync()
    {
        await using var storage = await OpenAsync();
        var request = Sample.Request(_time.GetUtcNow(), AuthorizationPhase.Upstream) with { SessionId = _session.Id };
        await storage.AuthorizationRequests.AddAsync(request, Cancellation);
        await storage.AuthorizationRequests.CompleteAsync(request.Id, _session, Sample.Audit(_time.GetUtcNow(), AuditActions.SessionCreated), _time.GetUtcNow(), Cancellation);
        await WriteAsync($$"""{"kind":"credential","session":"{{_session.Id}}","provider":"oauth","access_token":"CANARY"}""");
    }

    public ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_dry_run_says_what_would_happen_and_the_run_does_it_once()
    {
        (await RunAsync("import", FilePath, "--provider", "oauth=github", "--dry-run")).ShouldBe(0);
        _output.ToString().ShouldContain("Would import 1 credential(s) and 0 identities, 0 of which");
        (await FindAsync()).Outcome.ShouldBe(CredentialFindOutcome.Missing);

        (await RunAsync("import", FilePath, "--provider", "oauth=github")).ShouldBe(0);
        _output.ToString().ShouldContain("Imported 1 record(s), read them back, and kept 0");
        (await FindAsync()).Tokens!.AccessToken.ShouldBe("CANARY");
        (await RunAsync("import", FilePath, "--provider", "oauth=github", "--dry-run")).ShouldBe(0);
        _output.ToString().ShouldContain("1 of which are in the journal already");
        (await RunAsync("import", FilePath, "--provider", "oauth=github")).ShouldBe(0);
        _output.ToString().ShouldContain("Imported 0 record(s)");
        (_output.ToString() + _error).ShouldNotContain("CANARY");
    }

    [Theory]
    [InlineData("the provider 'nobody', which is not configured", "FILE", "--provider", "oauth=nobody")]
    [InlineData("no provider is named for 'oauth'", "FILE")]
    [InlineData("is no TYPE=NAME", "FILE", "--provider", "oauth")]
    [InlineData("its type is there twice", "FILE", "--provider", "oauth=github", "--provider", "oauth=github")]
    [InlineData("name a file", "--abandon", "FILE")]
    [InlineData("name a file", "--dry-run", "--abandon")]
    [InlineData("name a file")]
    [InlineData("cannot be read", "FILE.missing", "--provider", "oauth=github")]
    public async Task What_is_wrong_is_said_and_nothing_is_changed(string because, params string[] args)
    {
        (await RunAsync(["import", .. args.Select(arg => arg.Replace("FILE", FilePath, StringComparison.Ordinal))])).ShouldBe(1);

        _error.ToString().ShouldContain(because);
        _error.ToString().ShouldNotContain("CANARY");
        await using var storage = await OpenAsync();
        (await storage.Imports.ListAsync(Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_server_imports_what_is_configured_before_it_listens_and_starts_again_without_the_file()
    {
        await using (await StartAsync())
        {
        }

        (await FindAsync()).Tokens!.AccessToken.ShouldBe("CANARY");
        File.Delete(FilePath);
        await using (await StartAsync())
        {
        }
    }

    [Fact]
    public async Task The_server_does_not_start_when_the_file_is_missing_or_wrong()
    {
        await WriteAsync("{}");
        (await Should.ThrowAsync<StartException>(StartAsync)).Message.ShouldContain("line 1: kind has to be");
        File.Delete(FilePath);
        (await Should.ThrowAsync<StartException>(StartAsync)).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public async Task The_server_does_not_start_while_an_import_is_unfinished_until_it_is_finished_or_given_up()
    {
        await using (var storage = await OpenAsync())
        {
            await storage.Imports.BeginAsync(Sample.Hash(), "/elsewhere.jsonl", Sample.Audit(_time.GetUtcNow(), AuditActions.ImportBegun), _time.GetUtcNow(), Cancellation);
        }

        (await Should.ThrowAsync<StartException>(StartAsync)).Message.ShouldContain("the import of /elsewhere.jsonl");

        (await RunAsync("import", "--abandon")).ShouldBe(0);
        _output.ToString().ShouldContain("Gave up 1 import");
        await using (await StartAsync())
        {
        }

        (await RunAsync("import", "--abandon")).ShouldBe(0);
        _output.ToString().ShouldContain("No import is unfinished");
    }

    private async Task<KeyholderHost> StartAsync()
    {
        var parsed = ConfigurationLoader.Parse(
            $$$"""{ "import": { "file": "{{{FilePath}}}", "providers": { "oauth": "github" } } }""", Environment());
        parsed.Problems.ShouldBeEmpty();
        return await KeyholderHost.StartAsync(defaults => parsed.Configuration! with { Revocation = defaults.Revocation }, time: _time);
    }

    private async Task WriteAsync(string text)
    {
        await File.WriteAllTextAsync(FilePath, text, Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private async Task<FoundCredential> FindAsync()
    {
        await using var storage = await OpenAsync();
        var sealer = new EnvelopeSealer(VaultKeyRing.Parse(VaultKey, [])!);
        return await new CredentialVault(storage.Credentials, storage.CredentialRefreshes, storage.Audit, sealer, _time, NullLogger<CredentialVault>.Instance).FindAsync(Key, Cancellation);
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["KEYHOLDER__storage__path"] = Database,
        ["KEYHOLDER__vault__keys"] = $"[\"{VaultKey}\"]",
        ["KEYHOLDER__providers__github"] = """{ "kind": "oauth2", "issuer": "https://idp.example", "clientId": "keyholder", "owner": "session" }""",
    };

    private Task<int> RunAsync(params string[] args)
    {
        (_output, _error) = (new StringWriter(), new StringWriter());
        return KeyholderCommand.RunAsync(args, new ProcessContext(TextReader.Null, _output, _error, Environment(), _time));
    }

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Cancellation);
}
