using System.Security.Cryptography;
using System.Text.Json;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Authorization.Connect;
using Keyholder.OAuth;
using Keyholder.Server.Commands;
using Keyholder.Sessions;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Tests.Commands;

public sealed class CredentialCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-credential-");
    private readonly StringWriter _error = new();
    private readonly ManualTimeProvider _time = new();
    private StringWriter _output = new();

    private string Configuration => Path.Combine(_directory.FullName, "keyholder.json");

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Credentials_are_listed_without_a_vault_key_and_deleted_with_who_did_it()
    {
        var hostile = await AddAsync("u1", "evil\u001b[2J");
        var other = await AddAsync("u2", "4711");

        (await RunAsync("credential", "list")).ShouldBe(0, _error.ToString());
        _output.ToString().ShouldContain("evil[2J");
        (await RunAsync("credential", "list", "--user", "u2", "--provider", "github", "--status", "active", "--json")).ShouldBe(0);
        JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("credentials")[0].GetProperty("id").GetString().ShouldBe(other);
        File.Exists(Path.Combine(_directory.FullName, "vault.key")).ShouldBeFalse();

        (await RunAsync("credential", "delete", hostile)).ShouldBe(0);
        (await RunAsync("credential", "delete", hostile)).ShouldBe(1);

        (await RunAsync("credential", "revocations", "--status", "pending")).ShouldBe(0);
        _output.ToString().ShouldContain(hostile);
        await using var storage = await SqliteStorage.OpenAsync(new(Database), _time, default);
        (await storage.UpstreamRevocations.ListAsync(new() { Limit = 9 }, default)).ShouldHaveSingleItem().Cause.ShouldBe(UpstreamRevocationCauses.Deleted);
        var audited = await storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.CredentialDeleted, Limit = 9 }, default);
        (audited.ShouldHaveSingleItem().Event.Actor, audited[0].Event.Target).ShouldBe(("cli:" + Environment.UserName, "credential:user:u1@github"));
    }

    [Fact]
    public async Task A_resource_that_refuses_a_credential_is_named()
    {
        await AddAsync("u1", "4711");
        await using (var storage = await SqliteStorage.OpenAsync(new(Database), _time, default))
        {
            var now = _time.GetUtcNow();
            var row = (await storage.Credentials.ListAsync(new(Keyholder.Vault.CredentialOwnerKind.User, "u1"), default)).ShouldHaveSingleItem();
            await storage.CredentialRefusals.RecordAsync(row, new("tracker", "rejected", now, now.AddMinutes(10)), Sample.Audit(now, AuditActions.CredentialRefusedByResource), default);
        }

        (await RunAsync("credential", "list")).ShouldBe(0, _error.ToString());

        _output.ToString().ShouldContain("refused by tracker");
    }

    [Fact]
    public async Task Pages_follow_each_other_and_end()
    {
        for (var i = 0; i < 3; i++)
        {
            await AddAsync("u" + i, "a");
        }

        (await RunAsync("credential", "list", "--limit", "2")).ShouldBe(0);
        var cursor = _output.ToString().Trim().Split(' ')[^1];
        (await RunAsync("credential", "list", "--limit", "2", "--cursor", cursor)).ShouldBe(0);
        _output.ToString().ShouldNotContain("More:");
    }

    [Fact]
    public async Task A_link_is_printed_for_what_is_shared_and_for_a_key_that_was_granted_the_resource()
    {
        await ConfigureAsync();
        (await RunAsync("vk", "create", "agent")).ShouldBe(0);

        (await RunAsync("credential", "connect", "--provider", "shared")).ShouldBe(0, _error.ToString());
        (await LinkAsync()).Purpose.ShouldBe(AuthorizationPurpose.ConnectShared);
        (await RunAsync("credential", "connect", "--provider", "own", "--resource", "notes", "--vk", "agent")).ShouldBe(1);
        _error.ToString().ShouldContain("may not use 'notes'");
        (await RunAsync("vk", "grant", "agent", "notes")).ShouldBe(0, _error.ToString());
        (await RunAsync("credential", "connect", "--provider", "own", "--resource", "notes", "--vk", "agent")).ShouldBe(0, _error.ToString());

        var link = await LinkAsync();
        (link.Subject!.Kind, link.Session, link.Resource).ShouldBe((SubjectKind.VirtualKey, null, "https://keys.example.com/mcp/notes"));
        link.Providers.ShouldBe(["own"]);
        (await RunAsync("vk", "deactivate", "agent")).ShouldBe(0);
        (await RunAsync("credential", "connect", "--provider", "own", "--resource", "notes", "--vk", "agent")).ShouldBe(1);
    }

    [Theory]
    [InlineData("--provider", "own")]
    [InlineData("--provider", "gone")]
    [InlineData("--provider", "own", "--vk", "agent")]
    [InlineData("--provider", "own", "--resource", "notes")]
    [InlineData("--provider", "own", "--resource", "gone", "--vk", "agent")]
    [InlineData("--provider", "shared", "--resource", "notes", "--vk", "agent")]
    [InlineData("--provider", "own", "--resource", "notes", "--vk", "gone")]
    public async Task No_link_is_printed_for_anything_else(params string[] arguments)
    {
        await ConfigureAsync();
        (await RunAsync("vk", "create", "agent")).ShouldBe(0);

        (await RunAsync(["credential", "connect", .. arguments])).ShouldBe(1);

        _error.ToString().ShouldStartWith("keyholder: ");
        _output.ToString().ShouldBeEmpty();
    }

    private Task ConfigureAsync() => File.WriteAllTextAsync(Configuration, """
        {
          "server": { "publicUrl": "https://keys.example.com" },
          "providers": {
            "own": { "kind": "headers", "headers": { "x-api-key": { "label": "Key" } } },
            "shared": { "kind": "headers", "headers": { "x-shared-key": { "label": "Key" } }, "owner": "shared" }
          },
          "resources": { "notes": { "upstream": "https://notes.example/mcp", "auth": "credentials", "providers": [{ "provider": "own" }, { "provider": "shared" }] } }
        }
        """);

    /// <summary>What the link means that was printed.</summary>
    private async Task<ConnectLink> LinkAsync()
    {
        var printed = _output.ToString().Trim().Split(' ')[^1];
        printed.ShouldStartWith("https://keys.example.com/connect/");
        var id = new byte[32];
        Base64UrlText.TryDecode(printed.Split('/')[^1], id).ShouldBeTrue();
        await using var storage = await SqliteStorage.OpenAsync(new(Database), _time, default);
        return (await storage.ConnectLinks.FindAsync(SHA256.HashData(id), _time.GetUtcNow(), default)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("credential", "delete", "nonsense")]
    [InlineData("credential", "delete", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("credential", "list", "--limit", "0")]
    [InlineData("credential", "list", "--status", "dead")]
    [InlineData("credential", "list", "--cursor", "x")]
    [InlineData("credential", "revocations", "--limit", "501")]
    [InlineData("credential", "revocations", "--status", "active")]
    public async Task What_is_not_understood_is_refused_with_a_word_why(params string[] arguments)
    {
        (await RunAsync(arguments)).ShouldBe(1);

        _error.ToString().ShouldStartWith("keyholder: ");
    }

    private async Task<string> AddAsync(string user, string account)
    {
        await using var storage = await SqliteStorage.OpenAsync(new(Database), _time, default);
        var row = Sample.Credential(_time.GetUtcNow(), owner: user) with { ProviderSubject = account };
        (await storage.Credentials.PutAsync(row, 0, null, default)).ShouldBe(Keyholder.Storage.CredentialPutOutcome.Stored);
        return Base64UrlText.Encode(row.RowId);
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        _output = new StringWriter();
        var environment = new Dictionary<string, string> { ["KEYHOLDER__storage__path"] = Database };
        if (File.Exists(Configuration))
        {
            environment["KEYHOLDER_CONFIG"] = Configuration;
        }

        return KeyholderCommand.RunAsync(arguments, new ProcessContext(TextReader.Null, _output, _error, environment, _time));
    }
}
