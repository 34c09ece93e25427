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

    [Fact]
    public async Task Resources_are_granted_to_one_key_or_to_all_and_taken_back()
    {
        await RunAsync("vk", "create", "agent");

        (await RunAsync("vk", "grant", "agent", "notes", "--tool", "read", "--tool", "list")).ShouldBe(0);
        (await RunAsync("vk", "grant-all", "wiki")).ShouldBe(0);
        (await RunAsync("vk", "grants", "agent")).ShouldBe(0);
        _output.ToString().ShouldContain("list read");
        _output.ToString().ShouldContain("every key");
        (await RunAsync("vk", "grant", "agent", "wiki", "--no-tools")).ShouldBe(0);
        (await RunAsync("vk", "revoke-grant", "agent", "notes")).ShouldBe(0);
        (await RunAsync("vk", "revoke-grant-all", "wiki")).ShouldBe(0);
        (await RunAsync("reconcile", "--plan")).ShouldBe(0);
        _output.ToString().ShouldBeEmpty();
        (await RunAsync("reconcile")).ShouldBe(0);
        _output.ToString().ShouldBe("0 credentials orphaned, 0 restored, 0 pending flows deleted." + Environment.NewLine);

        await using var storage = await OpenAsync();
        var key = (await storage.VirtualKeys.FindByNameAsync("agent", default)).ShouldNotBeNull();
        var access = (await storage.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull();
        access.Grants.ShouldHaveSingleItem().Resource.ShouldBe("wiki");
        access.Grants[0].Tools.ShouldBe([]);
        access.GrantedToAll.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("grant", "agent", "nowhere")]
    [InlineData("grant", "nobody", "notes")]
    [InlineData("grant", "agent", "notes", "--tool", "")]
    [InlineData("grant", "agent", "notes", "--tool", "read", "--tool", "write")]
    [InlineData("grant", "agent", "notes", "--tool", "read", "--no-tools")]
    [InlineData("grant-all", "nowhere")]
    [InlineData("revoke-grant", "agent", "notes")]
    [InlineData("revoke-grant-all", "notes")]
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
        var keys = await storage.VirtualKeys.ListAsync(new() { Limit = 10 }, default);
        return JsonSerializer.Serialize(keys) + JsonSerializer.Serialize(await storage.Grants.FindAccessAsync(keys[0].Id, default));
    }

    private Task<int> RunAsync(params string[] args)
    {
        _output = new StringWriter();
        return KeyholderCommand.RunAsync(
            args,
            new ProcessContext(
                TextReader.Null,
                _output,
                _error,
                new Dictionary<string, string>
                {
                    ["KEYHOLDER__storage__path"] = Database,
                    ["KEYHOLDER__resources__notes__upstream"] = "https://up.example/mcp",
                    ["KEYHOLDER__resources__notes__auth"] = "none",
                    ["KEYHOLDER__resources__notes__tools"] = """{ "allow": ["read", "list"] }""",
                    ["KEYHOLDER__resources__wiki__upstream"] = "https://up.example/wiki",
                    ["KEYHOLDER__resources__wiki__auth"] = "none",
                },
                _time));
    }

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, default);
}
