using System.Net;
using System.Net.Sockets;
using Keyholder.Server.Commands;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Users;

namespace Keyholder.Tests.Commands;

public sealed class KeyholderCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-commands-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly ManualTimeProvider _time = new();

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_user_added_without_a_password_can_sign_in_with_the_one_that_is_printed()
    {
        (await RunAsync("", "user", "add", "Person2", "--display-name", "Person2 B")).ShouldBe(0);

        var password = _output.ToString().Trim().Split(' ')[^1];
        var user = await FindAsync("person2");
        user.User.DisplayName.ShouldBe("Person2 B");
        new FrameworkPasswordHasher().Verify(user.PasswordHash, password).ShouldBe(PasswordVerification.Verified);
    }

    [Fact]
    public async Task A_password_from_standard_input_is_never_printed()
    {
        (await RunAsync("correct horse battery\n", "user", "add", "person2", "--password-stdin")).ShouldBe(0);

        _output.ToString().ShouldNotContain("correct horse battery");
        new FrameworkPasswordHasher().Verify((await FindAsync("person2")).PasswordHash, "correct horse battery").ShouldBe(PasswordVerification.Verified);
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one()
    {
        await RunAsync("correct horse battery\n", "user", "add", "person2", "--password-stdin");

        (await RunAsync("staple staple staple\n", "user", "password", "person2", "--password-stdin")).ShouldBe(0);

        var hash = (await FindAsync("person2")).PasswordHash;
        new FrameworkPasswordHasher().Verify(hash, "staple staple staple").ShouldBe(PasswordVerification.Verified);
        new FrameworkPasswordHasher().Verify(hash, "correct horse battery").ShouldBe(PasswordVerification.Failed);
    }

    [Theory]
    [InlineData("short\n", "user", "add", "person2", "--password-stdin")]
    [InlineData("", "user", "add", "person2", "--password-stdin")]
    [InlineData("", "user", "add", "not a name")]
    [InlineData("", "user", "password", "nobody")]
    [InlineData("", "user", "remove", "person2")]
    [InlineData("", "user", "add")]
    [InlineData("", "frobnicate")]
    [InlineData("", "serve", "--config", "/nowhere/keyholder.json")]
    public async Task What_cannot_be_done_exits_with_1_and_says_why(string input, params string[] args)
    {
        (await RunAsync(input, args)).ShouldBe(1);

        _error.ToString().ShouldNotBeEmpty();
        _error.ToString().ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Adding_a_name_twice_keeps_the_first_user()
    {
        await RunAsync("correct horse battery\n", "user", "add", "person2", "--password-stdin");

        (await RunAsync("staple staple staple\n", "user", "add", "PERSON2", "--password-stdin")).ShouldBe(1);

        new FrameworkPasswordHasher().Verify((await FindAsync("person2")).PasswordHash, "correct horse battery").ShouldBe(PasswordVerification.Verified);
    }

    [Fact]
    public async Task Validate_accepts_a_sound_configuration_and_lists_the_mistakes_of_another()
    {
        (await RunAsync("", "config", "validate")).ShouldBe(0);
        _output.ToString().ShouldContain("is valid");

        var file = Path.Combine(_directory.FullName, "bad.json");
        await File.WriteAllTextAsync(file, """{ "servr": {}, "tokens": { "lifetime": "1d" } }""", TestContext.Current.CancellationToken);
        (await RunAsync("", "config", "validate", "--config", file)).ShouldBe(1);
        _error.ToString().ShouldContain("  servr: is not a known key; did you mean server?");
        _error.ToString().ShouldContain("  tokens.lifetime: must be from 1m to 1h");
    }

    [Fact]
    public async Task Schema_prints_the_published_schema()
    {
        (await RunAsync("", "config", "schema")).ShouldBe(0);

        _output.ToString().ShouldBe(RepositoryFiles.Read("keyholder.schema.json"));
    }

    [Fact]
    public async Task A_key_file_open_to_others_stops_the_server_before_it_listens()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var keys = Path.Combine(_directory.FullName, "vault.key");
        await File.WriteAllTextAsync(keys, "a:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", TestContext.Current.CancellationToken);
        MakeReadableByAll(keys);

        (await RunAsync("", "serve")).ShouldBe(1);

        _error.ToString().ShouldContain("chmod 600");
        _error.ToString().ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_database_of_other_keys_stops_the_server()
    {
        var configuration = KeyholderConfiguration.Default with { Storage = new() { Path = Database } };
        await using (await KeyholderApp.BuildAsync(configuration, _time, cancellationToken: TestContext.Current.CancellationToken))
        {
        }

        File.Delete(Path.Combine(_directory.FullName, "vault.key"));

        (await RunAsync("", "serve")).ShouldBe(1);
        _error.ToString().ShouldContain("key ring does not belong to this database");
    }

    [Fact]
    public async Task The_first_user_is_made_only_when_there_is_none()
    {
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, TestContext.Current.CancellationToken);
        var users = new LocalUserService(storage.Users, new FrameworkPasswordHasher(), _time);

        var password = await FirstUser.EnsureAsync(storage.Users, users, TestContext.Current.CancellationToken);
        var again = await FirstUser.EnsureAsync(storage.Users, users, TestContext.Current.CancellationToken);

        password.ShouldNotBeNull().Length.ShouldBe(20);
        again.ShouldBeNull();
        var admin = (await storage.Users.FindLocalAsync("admin", TestContext.Current.CancellationToken)).ShouldNotBeNull();
        new FrameworkPasswordHasher().Verify(admin.PasswordHash, password).ShouldBe(PasswordVerification.Verified);
    }

    [Fact]
    public async Task A_start_that_fails_makes_no_first_user_whose_password_nobody_saw()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var file = Path.Combine(_directory.FullName, "taken.json");
        await File.WriteAllTextAsync(
            file, $$"""{ "server": { "listen": ["http://127.0.0.1:{{((IPEndPoint)taken.LocalEndpoint).Port}}"] } }""", TestContext.Current.CancellationToken);

        (await RunAsync("", "serve", "--config", file)).ShouldBe(1);

        _output.ToString().ShouldBeEmpty();
        await using var storage = await SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, TestContext.Current.CancellationToken);
        (await storage.Users.AnyAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    private Task<int> RunAsync(string input, params string[] args) => KeyholderCommand.RunAsync(
        args,
        new ProcessContext(new StringReader(input), _output, _error, new Dictionary<string, string> { ["KEYHOLDER__storage__path"] = Database }, _time));

    private static void MakeReadableByAll(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }
    }

    private async Task<LocalUser> FindAsync(string name)
    {
        await using var storage = await SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, TestContext.Current.CancellationToken);
        return (await storage.Users.FindLocalAsync(name, TestContext.Current.CancellationToken)).ShouldNotBeNull();
    }
}
