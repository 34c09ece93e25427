using System.Text.Json;
using Keyholder.Audit;
using Keyholder.Server.Commands;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Commands;

public sealed class VirtualKeyCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-vk-");
    private readonly StringWriter _error = new();
    private readonly ManualTimeProvider _time = new();
    private StringWriter _output = new();

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_key_is_shown_once_and_listed_without_its_secret()
    {
        await RunAsync("user", "add", "person1");
        (await RunAsync("vk", "create", "agent", "--user", "PERSON1", "--expires-at", "2099-01-01")).ShouldBe(0);
        var key = _output.ToString().Trim().Split(' ')[^1];
        key.ShouldStartWith("kh_vk_");

        (await RunAsync("vk", "list")).ShouldBe(0);
        _output.ToString().ShouldContain("agent");
        _output.ToString().ShouldContain("2099-01-01");
        _output.ToString().ShouldNotContain(key);
        (await RunAsync("vk", "show", "agent", "--json")).ShouldBe(0);
        var shown = JsonDocument.Parse(_output.ToString()).RootElement;
        shown.GetProperty("status").GetString().ShouldBe("active");
        shown.GetProperty("key").ValueKind.ShouldBe(JsonValueKind.Null);

        await using var storage = await OpenAsync();
        var stored = (await storage.VirtualKeys.FindByNameAsync("agent", default)).ShouldNotBeNull();
        stored.OwnerUserId.ShouldBe((await storage.Users.FindLocalAsync("person1", default)).ShouldNotBeNull().User.Id);
        var audited = await storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.VirtualKeyCreated, Limit = 5 }, default);
        audited.ShouldHaveSingleItem().Event.Actor.ShouldBe("cli:" + Environment.UserName);
    }

    [Fact]
    public async Task A_key_is_renamed_rotated_deactivated_activated_and_deleted()
    {
        await RunAsync("vk", "create", "agent");
        var first = _output.ToString().Trim().Split(' ')[^1];

        (await RunAsync("vk", "update", "agent", "--name", "robot", "--expires-at", "2099-01-01")).ShouldBe(0);
        (await RunAsync("vk", "rotate", "robot", "--overlap", "10m")).ShouldBe(0);
        _output.ToString().Trim().Split(' ')[^1].ShouldStartWith("kh_vk_");
        _output.ToString().ShouldNotContain(first);
        (await RunAsync("vk", "deactivate", "robot")).ShouldBe(0);
        (await RunAsync("vk", "list")).ShouldBe(0);
        _output.ToString().ShouldContain("inactive");
        (await RunAsync("vk", "activate", "robot")).ShouldBe(0);
        (await RunAsync("vk", "update", "robot", "--no-expiry")).ShouldBe(0);
        await using (var storage = await OpenAsync())
        {
            var key = (await storage.VirtualKeys.FindByNameAsync("robot", default)).ShouldNotBeNull();
            key.Generation.ShouldBe(2u);
            key.Previous.ShouldNotBeNull().ExpiresAt.ShouldBe(_time.GetUtcNow().AddMinutes(10));
            key.ExpiresAt.ShouldBeNull();
            key.DeactivatedAt.ShouldBeNull();
        }

        (await RunAsync("vk", "delete", "robot")).ShouldBe(0);
        (await RunAsync("vk", "show", "robot")).ShouldBe(1);
    }

    [Fact]
    public async Task Pages_follow_one_another()
    {
        await RunAsync("vk", "create", "b");
        await RunAsync("vk", "create", "a");

        (await RunAsync("vk", "list", "--limit", "1", "--json")).ShouldBe(0);
        var page = JsonDocument.Parse(_output.ToString()).RootElement;
        page.GetProperty("virtual_keys")[0].GetProperty("name").GetString().ShouldBe("a");
        (await RunAsync("vk", "list", "--cursor", page.GetProperty("next_cursor").GetString()!, "--json")).ShouldBe(0);
        page = JsonDocument.Parse(_output.ToString()).RootElement;
        page.GetProperty("virtual_keys")[0].GetProperty("name").GetString().ShouldBe("b");
        page.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("create", "a name")]
    [InlineData("create", "agent")]
    [InlineData("create", "other", "--user", "nobody")]
    [InlineData("create", "other", "--expires-at", "yesterday")]
    [InlineData("create", "other", "--expires-at", "2001-01-01")]
    [InlineData("show", "nobody")]
    [InlineData("update", "agent")]
    [InlineData("update", "agent", "--name", "a name")]
    [InlineData("update", "agent", "--user", "nobody")]
    [InlineData("update", "agent", "--expires-at", "2001-01-01")]
    [InlineData("update", "agent", "--expires-at", "2099-01-01", "--no-expiry")]
    [InlineData("rotate", "agent", "--overlap", "-1m")]
    [InlineData("rotate", "agent", "--overlap", "31d")]
    [InlineData("rotate", "nobody")]
    [InlineData("delete", "nobody")]
    [InlineData("list", "--limit", "0")]
    [InlineData("list", "--cursor", "no cursor")]
    public async Task What_cannot_be_done_exits_with_1_says_why_and_changes_nothing(params string[] args)
    {
        await RunAsync("vk", "create", "agent");
        var before = await StoredAsync();

        (await RunAsync(["vk", .. args])).ShouldBe(1);

        _error.ToString().ShouldNotBeEmpty();
        _error.ToString().ShouldNotContain("   at ");
        (await StoredAsync()).ShouldBe(before);
    }

    private async Task<string> StoredAsync()
    {
        await using var storage = await OpenAsync();
        return JsonSerializer.Serialize(await storage.VirtualKeys.ListAsync(new() { Limit = 10 }, default));
    }

    private Task<int> RunAsync(params string[] args)
    {
        _output = new StringWriter();
        return KeyholderCommand.RunAsync(
            args,
            new ProcessContext(TextReader.Null, _output, _error, new Dictionary<string, string> { ["KEYHOLDER__storage__path"] = Database }, _time));
    }

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, default);
}
