using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Audit;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tests.DemoUpstream;
using Keyholder.Tests.Storage.Postgres;
using Keyholder.Tests.Testing;
using Keyholder.VirtualKeys;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.EndToEnd;

/// <summary>Virtual keys that the configuration declares, while the server runs.</summary>
public sealed class DeclaredKeysTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-declared-");
    private EndToEndHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RequestOrigin Nowhere => new(null, null);

    private string FilePath => Path.Combine(_directory.FullName, "keyholder.json");

    public async ValueTask InitializeAsync() => _host = await EndToEndHost.StartAsync(configurationFile: FilePath);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_key_follows_the_file_while_the_server_runs_and_its_first_secret_comes_from_a_rotation()
    {
        await DeclareAsync("""{ "agent": { "grants": { "open": {} } } }""");
        await UntilLoggedAsync("Took over 2 changes of the configuration: + virtualKeys.agent, + virtualKeys.agent.grants.open");
        var key = await FindAsync("agent");
        key.SecretHash.ShouldBeNull();
        var text = await RotateAsync(key);
        (await CallAsync("open", text)).ShouldBe(HttpStatusCode.OK);
        (await CallAsync("mail", text)).ShouldBe(HttpStatusCode.Forbidden);

        await DeclareAsync("""{ "agent": { "grants": { "open": { "tools": ["list"] } } } }""");
        await UntilAsync("open", text, HttpStatusCode.Forbidden);
        await DeclareAsync("{}");
        await UntilLoggedAsync("- virtualKeys.agent");
        (await CallAsync("open", text)).ShouldBe(HttpStatusCode.Forbidden);
        (await FindAsync("agent")).StatusAt(_host.Time.GetUtcNow()).ShouldBe(VirtualKeyStatus.Inactive);

        await DeclareAsync("""{ "agent": { "grants": { "open": {} } } }""");
        await UntilAsync("open", text, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_key_that_is_declared_or_withdrawn_ends_no_stream_of_a_key_that_stays()
    {
        await DeclareAsync("""{ "agent": { "grants": { "open": {} } } }""");
        await UntilLoggedAsync("Took over 2 changes");
        var text = await RotateAsync(await FindAsync("agent"));
        using var http = new HttpClient(_host.Server.CreateHandler()) { BaseAddress = new Uri(EndToEndHost.Issuer) };
        using var initialized = await http.SendAsync(McpWire.Initialize("/mcp/open", text), Cancellation);
        initialized.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var listening = await http.SendAsync(
            McpWire.Bare(HttpMethod.Get, "/mcp/open", initialized.Headers.GetValues("Mcp-Session-Id").Single(), text), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var events = new StreamReader(await listening.Content.ReadAsStreamAsync(Cancellation));
        _host.Upstream.AnnounceTools();
        await McpWire.NextAsync(events, Cancellation);

        await DeclareAsync("""{ "agent": { "grants": { "open": {} } }, "robot": { "grants": { "open": {} } } }""");
        await UntilLoggedAsync("+ virtualKeys.robot");
        await DeclareAsync("""{ "agent": { "grants": { "open": {} } } }""");
        await UntilLoggedAsync("- virtualKeys.robot");

        _host.Upstream.AnnounceTools();
        ((string)(await McpWire.NextAsync(events, Cancellation))["method"]!).ShouldBe("notifications/tools/list_changed");
    }

    [Fact]
    public async Task A_change_the_database_refuses_changes_nothing_and_is_reported_like_any_other_problem()
    {
        await DeclareAsync("""{ "agent": { "grants": { "open": {} } } }""");
        await UntilLoggedAsync("Took over 2 changes");
        var text = await RotateAsync(await FindAsync("agent"));

        await DeclareAsync("""{ "agent": {}, "robot": { "user": "nobody" }, "late": { "expiresAt": "2001-01-01" } }""");
        await UntilLoggedAsync("virtualKeys.robot.user: names nobody");

        (await CallAsync("open", text)).ShouldBe(HttpStatusCode.OK);
        (await _host.Get<IVirtualKeyStore>().FindByNameAsync("robot", Cancellation)).ShouldBeNull();
        (await _host.Http.GetStringAsync("/healthz/ready", Cancellation)).ShouldContain("configuration file is refused (2 problems)");
        (await AuditedAsync(AuditActions.ConfigurationRefused)).ShouldBe(1);
        (await AuditedAsync(AuditActions.ConfigurationReloaded)).ShouldBe(1);

        await DeclareAsync("""{ "agent": {}, "robot": { "user": "PERSON1" } }""");
        await UntilAsync("open", text, HttpStatusCode.Forbidden);
        (await FindAsync("robot")).OwnerUserId.ShouldBe((await _host.Get<IUserStore>().FindLocalAsync("person1", Cancellation))!.User.Id);
    }

    [Fact]
    public async Task A_file_that_vanishes_or_cannot_be_read_leaves_the_keys_as_they_were()
    {
        await DeclareAsync("""{ "agent": { "grants": { "open": {} } } }""");
        await UntilLoggedAsync("Took over 2 changes");
        var text = await RotateAsync(await FindAsync("agent"));

        File.Delete(FilePath);
        Tick();
        await UntilLoggedAsync("cannot be read");
        (await CallAsync("open", text)).ShouldBe(HttpStatusCode.OK);
        await File.WriteAllTextAsync(FilePath, """{ "virtualKeys": {""", Cancellation);
        Tick();
        await UntilLoggedAsync("is not valid JSON");
        (await CallAsync("open", text)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_server_that_cannot_follow_its_configuration_does_not_start_and_lists_why()
    {
        var refusal = await Should.ThrowAsync<StartException>(() => KeyholderHost.StartAsync(
            """{ "virtualKeys": { "agent": { "user": "nobody" }, "late": { "expiresAt": "2001-01-01" } } }"""));

        refusal.Message.ShouldContain("2 problem(s)");
        refusal.Message.ShouldContain("virtualKeys.agent.user: ");
        refusal.Message.ShouldContain("virtualKeys.late.expiresAt: ");
    }

    [Fact]
    public async Task Nodes_of_one_PostgreSQL_that_start_at_once_with_the_same_file_all_start_and_make_every_key_once()
    {
        var database = await PostgresTestDatabase.CreateAsync();
        var declared = ConfigurationLoader.Parse(
            """{ "resources": { "open": { "upstream": "https://up.example/mcp", "auth": "none" } }, "virtualKeys": { "a": { "grants": { "open": {} } }, "b": {}, "c": { "grants": { "open": { "tools": ["x"] } } } } }""",
            new Dictionary<string, string>()).Configuration.ShouldNotBeNull();

        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => KeyholderHost.StartAsync(defaults => defaults with
        {
            Storage = new() { Kind = StorageKind.Postgres, ConnectionString = database.ConnectionString },
            Vault = new() { Keys = ["canary:" + EndToEndHost.VaultKey] },
            Resources = declared.Resources,
            VirtualKeys = declared.VirtualKeys,
        }))));

        foreach (var node in nodes)
        {
            await using (node)
            {
                (await node.Services.GetRequiredService<IVirtualKeyStore>().ListAsync(new VirtualKeyQuery { Limit = 10 }, Cancellation)).Select(key => key.Name).ShouldBe(["a", "b", "c"]);
                (await node.Services.GetRequiredService<IAuditStore>().ListAsync(100, Cancellation)).Count(audit => audit.Action == AuditActions.VirtualKeyCreated).ShouldBe(3);
            }
        }
    }

    private async Task DeclareAsync(string keys)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(FilePath, Cancellation))!.AsObject();
        file["virtualKeys"] = JsonNode.Parse(keys);
        await File.WriteAllTextAsync(FilePath, file.ToJsonString(), Cancellation);
        Tick();
    }

    private async Task<VirtualKey> FindAsync(string name) => (await _host.Get<IVirtualKeyStore>().FindByNameAsync(name, Cancellation)).ShouldNotBeNull();

    private async Task<string> RotateAsync(VirtualKey key) =>
        (await _host.Get<VirtualKeyRegistry>().RotateAsync(key.Id, TimeSpan.Zero, "system", Nowhere, Cancellation)).Text.ShouldNotBeNull();

    private async Task<HttpStatusCode> CallAsync(string resource, string key)
    {
        using var call = await _host.Http.SendAsync(McpWire.ModernRequest("/mcp/" + resource, "tools/call", McpWire.Call("headers"), key), Cancellation);
        return call.StatusCode;
    }

    /// <summary>As <see cref="CallAsync"/>; null when the change cut the answer on its way.</summary>
    private async Task<HttpStatusCode?> TryCallAsync(string resource, string key)
    {
        try
        {
            return await CallAsync(resource, key);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task UntilAsync(string resource, string key, HttpStatusCode status)
    {
        while (await TryCallAsync(resource, key) != status)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private void Tick() => _host.Time.Advance(TimeSpan.FromSeconds(5));

    private Task UntilLoggedAsync(string text) => EndToEndHost.UntilAsync(() => _host.VisibleLogs.Any(line => line.Contains(text, StringComparison.Ordinal)));

    private async Task<int> AuditedAsync(string action) => (await _host.Get<IAuditStore>().ListAsync(100, Cancellation)).Count(audit => audit.Action == action);
}
