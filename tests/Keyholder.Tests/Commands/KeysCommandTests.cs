using Keyholder.Server.Commands;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Tests.Commands;

public sealed class KeysCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-keys-");
    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, string> _environment = [];
    private StringWriter _output = new();
    private StringWriter _error = new();

    public KeysCommandTests() => _environment["KEYHOLDER__storage__path"] = Database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    private string KeyFile => Path.Combine(_directory.FullName, "vault.key");

    private IReadOnlyList<string> KeyIds => VaultKeyFile.Load(KeyFile, []).ShouldNotBeNull().KeyIds;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Rotating_adds_a_key_waits_until_it_seals_and_seals_everything_anew()
    {
        await FillAsync();
        var old = KeyIds.ShouldHaveSingleItem();

        (await RunAsync("keys", "rotate")).ShouldBe(0);

        var fresh = KeyIds[1];
        _output.ToString().ShouldContain($"Added the key {fresh}");
        _output.ToString().ShouldContain("signing_key: 1 of 1");
        _output.ToString().ShouldContain($"Sealed 2 anew with the key {fresh}.");
        ShouldShowNoKey();

        (await RunAsync("keys", "list")).ShouldBe(0);
        Lines().ShouldBe(["ID         STATE            SEALED WITH IT", $"{old}  opens            0", $"{fresh}  seals and opens  2"]);
        (await RunAsync("keys", "verify")).ShouldBe(0);
        Lines()[^1].ShouldBe($"Opened 2 of 2; 100 % are sealed with the key {fresh}.");
        (await RunAsync("keys", "retire", old)).ShouldBe(0);
        KeyIds.ShouldBe([fresh]);
        (await RunAsync("keys", "verify")).ShouldBe(0);
        (await AuditedAsync()).ShouldBe([$"vault_key.retired vault_key:{old} ", $"vault.resealed vault_key:{fresh} 2 values", $"vault_key.added vault_key:{fresh} "]);
        ShouldShowNoKey();
    }

    [Fact]
    public async Task A_rotation_that_was_stopped_is_gone_on_with_and_not_begun_twice()
    {
        await FillAsync();
        (await RunAsync("keys", "rotate", "--no-wait")).ShouldBe(0);
        _output.ToString().ShouldNotContain("Sealed");

        (await RunAsync("keys", "rotate")).ShouldBe(1);
        _error.ToString().ShouldContain("--resume");
        (await RunAsync("keys", "list")).ShouldBe(0);
        _output.ToString().ShouldContain("opens; seals from 2030-01-01 00:01:00Z");

        (await RunAsync("keys", "rotate", "--resume")).ShouldBe(0);
        KeyIds.Count.ShouldBe(2);
        _output.ToString().ShouldContain($"Sealed 2 anew with the key {KeyIds[1]}.");
        (await RunAsync("keys", "rotate", "--resume")).ShouldBe(0);
        _output.ToString().ShouldContain("Sealed 0 anew");
    }

    [Fact]
    public async Task A_key_in_use_the_key_that_seals_and_an_unknown_one_are_not_retired()
    {
        await FillAsync();
        var old = KeyIds[0];
        await RefusedAsync("is the one that seals", "keys", "retire", old);
        await RefusedAsync("there is no key 'k0'", "keys", "retire", "k0");
        await RunAsync("keys", "rotate", "--no-wait", "--delay", "20s");
        _time.Advance(TimeSpan.FromSeconds(29));
        await RefusedAsync("try again in 10 seconds", "keys", "retire", old);
        _time.Advance(TimeSpan.FromSeconds(1));
        await RefusedAsync("is in use", "keys", "retire", old);
        KeyIds.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_does_not_open_is_named_and_makes_the_exit_code_1()
    {
        await FillAsync();
        await using (var storage = await OpenAsync())
        {
            await storage.ServerSecrets.GetOrAddAsync("evil\u001b[2J", new EnvelopeSealer(VaultKeyRing.Parse("x:" + new string('a', 64), [])!).Seal("secret"u8, default), _time.GetUtcNow(), Cancellation);
        }

        (await RunAsync("keys", "verify")).ShouldBe(1);
        _error.ToString().Trim().ShouldBe("keyholder: server_secret evil[2J: sealed with a key that is not in the ring");
        Lines()[^1].ShouldStartWith("Opened 2 of 3; 66 % are sealed with the key ");
        (await RunAsync("keys", "list")).ShouldBe(0);
        _output.ToString().ShouldContain("not in the ring  1");
    }

    [Fact]
    public async Task Keys_of_the_configuration_are_not_written_but_the_command_says_what_to_add()
    {
        var first = "a:" + new string('1', 64);
        _environment["KEYHOLDER__vault__keys"] = $"[\"{first}\"]";
        await FillAsync();
        await RefusedAsync("openssl rand", "keys", "rotate");
        _error.ToString().ShouldContain("2030-01-01T00:01:00Z");

        _environment["KEYHOLDER__vault__keys"] = $"[\"{first}\", \"b:{new string('2', 64)} 2030-01-01T00:01:00Z\"]";
        (await RunAsync("keys", "rotate", "--resume")).ShouldBe(0);
        _output.ToString().ShouldContain("Sealed 2 anew with the key b.");
        (await RunAsync("keys", "retire", "a")).ShouldBe(0);
        _output.ToString().ShouldContain("take it out of vault.keys");
        File.Exists(KeyFile).ShouldBeFalse();
        _output.ToString().ShouldNotContain("1111");
    }

    [Theory]
    [InlineData("19s")]
    [InlineData("31d")]
    [InlineData("soon")]
    [InlineData("-5m")]
    public async Task A_delay_that_does_not_let_every_server_read_the_key_first_is_refused(string delay)
    {
        await FillAsync();

        await RefusedAsync("--delay", "keys", "rotate", "--delay=" + delay);

        KeyIds.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_rotation_seals_nothing_while_a_running_server_cannot_open_the_new_key_and_goes_on_once_it_can()
    {
        await FillAsync();
        var old = VaultKeyFile.Load(KeyFile, [])!.Prints[0];
        await ReportAsync([old]);

        (await RunAsync("keys", "rotate")).ShouldBe(1);
        var fresh = VaultKeyFile.Load(KeyFile, [])!.Prints[1];
        _error.ToString().ShouldContain($"nothing was sealed with the key {KeyIds[1]}, because not every running server can open it: web-2");
        ShouldShowNoKey();
        await ReportAsync([old]);
        (await RunAsync("keys", "list")).ShouldBe(0);
        _output.ToString().ShouldContain("opens; held back until every server opens it");
        await RefusedAsync("is the one that seals", "keys", "retire", KeyIds[0]);
        await using (var storage = await OpenAsync())
        {
            (await storage.SealedRows.AnyAsync(VaultKeyFile.Load(KeyFile, [])!.FindMark(KeyIds[1])!, Cancellation)).ShouldBeFalse();
        }

        await ReportAsync([old, fresh]);
        (await RunAsync("keys", "rotate", "--resume")).ShouldBe(0);
        _output.ToString().ShouldContain($"Sealed 2 anew with the key {KeyIds[1]}.");
    }

    [Fact]
    public async Task A_command_whose_key_ring_lacks_what_the_servers_seal_with_seals_nothing()
    {
        await FillAsync();
        await ReportAsync(["k9:0123456789abcdef"]);

        await RefusedAsync("the vault key k9 is not in the key ring here", "keys", "rotate", "--resume");
        await RefusedAsync("the vault key k9 is not in the key ring here", "keys", "rotate");
        await RefusedAsync("a change of keys is just happening", "keys", "retire", KeyIds[0]);
        KeyIds.Count.ShouldBe(1);
        (await RunAsync("keys", "list")).ShouldBe(0);
        Lines()[^1].ShouldContain("  opens  ");
        (await RunAsync("keys", "verify")).ShouldBe(0);
        Lines()[^1].ShouldBe("Opened 2 of 2; the running servers seal with a key that is not in the ring.");
    }

    [Fact]
    public async Task No_key_is_added_while_one_that_only_a_server_has_is_held_back()
    {
        await FillAsync();
        var old = VaultKeyFile.Load(KeyFile, [])!.Prints[0];
        await ReportAsync([old]);
        await ReportAsync([old, "k9:0123456789abcdef"], "n3");

        await RefusedAsync("the key k9 was added already", "keys", "rotate");

        KeyIds.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_commands_do_not_change_the_keys_at_once()
    {
        await FillAsync();
        await using (var storage = await OpenAsync())
        {
            await storage.Leases.AcquireAsync("vault_keys", "another", _time.GetUtcNow().AddMinutes(1), _time.GetUtcNow(), Cancellation);
        }

        await RefusedAsync("another 'keyholder keys' command", "keys", "rotate");
        await RefusedAsync("another 'keyholder keys' command", "keys", "retire", KeyIds[0]);
        KeyIds.Count.ShouldBe(1);
    }

    /// <summary>A server on another machine, that opens these keys and wants the newest.</summary>
    private async Task ReportAsync(string[] opens, string id = "n2")
    {
        await using var storage = await OpenAsync();
        await storage.VaultKeyNodes.ReportAsync(new(id, "web-2", opens, [.. opens.AsEnumerable().Reverse()], []), _time.GetUtcNow().AddHours(1), _time.GetUtcNow(), Cancellation);
    }

    private async Task FillAsync()
    {
        await RunAsync("admin", "token", "create", "ci");
        await using var storage = await OpenAsync();
        var ring = _environment.ContainsKey("KEYHOLDER__vault__keys") ? VaultKeyRing.Parse("a:" + new string('1', 64), [])! : VaultKeyFile.Load(KeyFile, [])!;
        await SigningKeyRing.LoadAsync(storage.ServerSecrets, new EnvelopeSealer(ring), _time, Cancellation);
    }

    private async Task RefusedAsync(string because, params string[] args)
    {
        (await RunAsync(args)).ShouldBe(1);
        _error.ToString().ShouldContain(because);
        ShouldShowNoKey();
    }

    private async Task<int> RunAsync(params string[] args)
    {
        (_output, _error) = (new StringWriter(), new StringWriter());
        var command = KeyholderCommand.RunAsync(args, new ProcessContext(TextReader.Null, _output, _error, _environment, _time));
        while (!command.IsCompleted)
        {
            // Only the rotation itself waits on the clock.
            if (_time.CountWaiting(TimeSpan.FromSeconds(70)) + _time.CountWaiting(TimeSpan.FromSeconds(30)) + _time.CountWaiting(TimeSpan.FromSeconds(1)) > 0)
            {
                _time.Advance(TimeSpan.FromSeconds(10));
            }

            await Task.Yield();
        }

        return await command;
    }

    private void ShouldShowNoKey()
    {
        if (!File.Exists(KeyFile))
        {
            return;
        }

        foreach (var line in File.ReadAllLines(KeyFile).Where(line => !line.StartsWith('#') && line.Contains(':', StringComparison.Ordinal)))
        {
            var secret = line.Split(':')[1].Split(' ')[0];
            _output.ToString().ShouldNotContain(secret);
            _error.ToString().ShouldNotContain(secret);
        }
    }

    private string[] Lines() => _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');

    private async Task<IReadOnlyList<string>> AuditedAsync()
    {
        await using var storage = await OpenAsync();
        return [.. (await storage.Audit.ListAsync(50, Cancellation)).Where(e => e.Action.StartsWith("vault", StringComparison.Ordinal)).Select(e =>
        {
            e.Actor.ShouldBe("cli:" + Environment.UserName);
            return $"{e.Action} {e.Target} {e.Reason}";
        })];
    }

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Cancellation);
}
