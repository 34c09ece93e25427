using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Tests.DemoUpstream;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Vault;

namespace Keyholder.Tests.EndToEnd;

/// <summary>The configuration file changes while clients call and listen.</summary>
public sealed class ConfigurationReloadTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-reload-");
    private EndToEndHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_directory.FullName, "keyholder.json");

    public async ValueTask InitializeAsync() => _host = await EndToEndHost.StartAsync(configurationFile: FilePath);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task What_the_configuration_grants_to_every_virtual_key_follows_a_reload()
    {
        await ChangeAsync(file => file["resources"]!["open"]!["grantToAllKeys"] = true);
        await EndToEndHost.UntilAsync(() => _host.Get<IResourceSource>().Current.FindByName("open")!.GrantToAllKeys);
        (await _host.Get<IGrantStore>().ListToAllAsync(Cancellation)).ShouldHaveSingleItem().Resource.ShouldBe("open");

        await ChangeAsync(file => file["resources"]!["open"]!.AsObject().Remove("grantToAllKeys"));
        await EndToEndHost.UntilAsync(() => !_host.Get<IResourceSource>().Current.FindByName("open")!.GrantToAllKeys);
        (await _host.Get<IGrantStore>().ListToAllAsync(Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_open_event_stream_lives_through_a_reload_and_what_is_new_is_there()
    {
        var client = await _host.ConnectAsync();
        using var initialized = await client.SendAsync(McpWire.Initialize(client.Path, client.AccessToken));
        var session = initialized.Headers.GetValues("Mcp-Session-Id").Single();
        using var listening = await client.StreamAsync(McpWire.Bare(HttpMethod.Get, client.Path, session, client.AccessToken), Cancellation);
        using var events = new StreamReader(await listening.Content.ReadAsStreamAsync(Cancellation));
        _host.Upstream.AnnounceTools();
        await McpWire.NextAsync(events, Cancellation);

        await ChangeAsync(file =>
        {
            file["providers"]!["demo"]!["displayName"] = "Renamed";
            file["resources"]!["mail"]!["displayName"] = "Renamed";
            file["resources"]!["extra"] = file["resources"]!["open"]!.DeepClone();
            file["resources"]!.AsObject().Remove("files");
        });
        await UntilLoggedAsync("Took over 4 changes");

        _host.Upstream.AnnounceTools();
        ((string)(await McpWire.NextAsync(events, Cancellation))["method"]!).ShouldBe("notifications/tools/list_changed");
        await client.WhoAmIAsync();
        await client.RefreshAsync();
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await _host.ConnectAsync("extra")).AccessToken.ShouldNotBeEmpty();
        (await StatusAsync("/.well-known/oauth-protected-resource/mcp/extra")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/.well-known/oauth-protected-resource/mcp/files")).ShouldBe(HttpStatusCode.NotFound);
        await client.ShouldBeRefusedAsync(HttpStatusCode.NotFound, "gateway.resource_unknown", "/mcp/files");
        (await AuditedAsync(AuditActions.ConfigurationReloaded)).ShouldBe(
            "~ providers.demo.displayName, ~ resources.mail.displayName, - resources.files, + resources.extra");

        // Not even the end of its own resource cuts a stream: that is what revocations are for.
        await ChangeAsync(file => file["resources"]!.AsObject().Remove("mail"));
        await UntilLoggedAsync("- resources.mail");
        await client.ShouldBeRefusedAsync(HttpStatusCode.NotFound, "gateway.resource_unknown");
        _host.Upstream.AnnounceTools();
        ((string)(await McpWire.NextAsync(events, Cancellation))["method"]!).ShouldBe("notifications/tools/list_changed");
    }

    [Fact]
    public async Task Another_client_id_asks_everybody_to_connect_again_and_a_new_name_nobody()
    {
        await _host.ConnectAsync();
        await ChangeAsync(file => file["providers"]!["demo"]!["displayName"] = "Renamed");
        await UntilLoggedAsync("providers.demo.displayName");
        (await _host.FindCredentialAsync("person1"))!.Status.ShouldBe(CredentialStatus.Active);

        await ChangeAsync(file => file["providers"]!["demo"]!["clientId"] = "another-client");
        await UntilLoggedAsync("providers.demo.clientId");

        var credential = (await _host.FindCredentialAsync("person1"))!;
        (credential.Status, credential.StatusReason).ShouldBe((CredentialStatus.NeedsReauth, "upstream_client_changed"));
    }

    [Fact]
    public async Task A_change_with_a_problem_anywhere_changes_nothing_is_reported_whole_and_the_mended_file_is_taken_over()
    {
        var client = await _host.ConnectAsync();
        await ChangeAsync(file =>
        {
            file["resources"]!["extra"] = file["resources"]!["open"]!.DeepClone();
            file["resources"]!["mail"]!["upstream"] = "no url";
            file["logging"] = new JsonObject { ["level"] = "loud" };
        });
        await UntilLoggedAsync("logging.level: must be one of");

        Logged("resources.mail.upstream").ShouldBe(1);
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await StatusAsync("/.well-known/oauth-protected-resource/mcp/extra")).ShouldBe(HttpStatusCode.NotFound);
        (await _host.Http.GetStringAsync("/healthz/ready", Cancellation)).ShouldBe("ready\nconfiguration file is refused (2 problems), the one before stays in force\n");
        (await AuditedAsync(AuditActions.ConfigurationRefused)).ShouldBe("2 problems");
        Tick();
        Tick();
        Logged("resources.mail.upstream").ShouldBe(1);

        await ChangeAsync(file =>
        {
            file["resources"]!["mail"]!["upstream"] = _host.Upstream.BaseAddress + "/mcp";
            file.Remove("logging");
        });
        await UntilLoggedAsync("Took over 1 changes of the configuration: + resources.extra");
        (await _host.Http.GetStringAsync("/healthz/ready", Cancellation)).ShouldBe("ready\n");
    }

    [Fact]
    public async Task The_credentials_of_virtual_keys_follow_a_reload_and_come_back_with_the_next()
    {
        var store = _host.Get<ICredentialStore>();
        var now = _host.Time.GetUtcNow();
        var key = Sample.VirtualKey("agent", now) with { OwnerUserId = null };
        (await _host.Get<IVirtualKeyStore>().AddAsync(key, Sample.Audit(now, AuditActions.VirtualKeyCreated), Cancellation)).ShouldBe(VirtualKeyWriteOutcome.Done);
        await ChangeAsync(file => file["resources"]!["mail"]!["grantToAllKeys"] = true);
        await UntilLoggedAsync("Took over 1 changes");
        var credential = Sample.Credential(now) with { Key = new CredentialKey(new CredentialOwner(CredentialOwnerKind.VirtualKey, key.Id), "demo") };
        await store.PutAsync(credential, 0, null, Cancellation);

        await ChangeAsync(file => file["resources"]!["mail"]!["grantToAllKeys"] = false);
        await EndToEndHost.UntilAsync(() => Logged("Took over 1 changes") == 2);
        (await store.FindAsync(credential.Key, Cancellation))!.Status.ShouldBe(CredentialStatus.Orphaned);
        await ChangeAsync(file => file["resources"]!["mail"]!["grantToAllKeys"] = true);
        await EndToEndHost.UntilAsync(() => Logged("Took over 1 changes") == 3);

        (await store.FindAsync(credential.Key, Cancellation))!.Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task What_needs_a_restart_is_said_and_not_half_taken_over()
    {
        await ChangeAsync(file =>
        {
            file["server"] = new JsonObject { ["publicUrl"] = "https://elsewhere.example", ["trustedProxies"] = new JsonArray("10.0.0.1") };
            file["resources"]!["extra"] = file["resources"]!["open"]!.DeepClone();
        });
        await UntilLoggedAsync("Took over 1 changes");

        Logged("The change of server.publicUrl takes effect at the next start").ShouldBe(1);
        Logged("The change of server.trustedProxies takes effect at the next start").ShouldBe(1);
        _host.Get<IResourceSource>().Current.Resources.ShouldAllBe(resource => resource.Uri.StartsWith(EndToEndHost.Issuer + "/"));
        _host.Get<IResourceSource>().Current.Api.ShouldNotBeNull().Uri.ShouldStartWith(EndToEndHost.Issuer);
    }

    [Fact]
    public async Task A_file_that_vanishes_or_is_half_written_leaves_everything_in_force()
    {
        var client = await _host.ConnectAsync();
        var whole = await File.ReadAllTextAsync(FilePath, Cancellation);
        File.Delete(FilePath);
        Tick();
        await UntilLoggedAsync("cannot be read");
        await WriteAsync(whole[..(whole.Length / 2)]);
        await UntilLoggedAsync("is not valid JSON");
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");

        await WriteAsync(whole);
        await EndToEndHost.UntilAsync(() => _host.Get<Keyholder.Server.Hosting.ConfigurationHealth>().Report.Length == 0);
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task Requests_that_cross_any_number_of_reloads_all_succeed()
    {
        var clients = new[] { await _host.ConnectAsync(), await _host.ConnectAsync("open"), await _host.ConnectAsync("files", "person2", "demo-account-2") };
        using var done = new CancellationTokenSource();
        var load = clients.Select(client => Task.Run(async () =>
        {
            var calls = 0;
            for (; !done.IsCancellationRequested; calls++)
            {
                using var response = await client.SendAsync(client.Call("whoami"));
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
            }

            return calls;
        })).ToList();

        for (var i = 1; i <= 20; i++)
        {
            var name = "Name " + i.ToString(CultureInfo.InvariantCulture);
            await ChangeAsync(file => file["resources"]!["mail"]!["displayName"] = name);
            await EndToEndHost.UntilAsync(() => _host.Get<IResourceSource>().Current.FindByName("mail")!.DisplayName == name);
        }

        await done.CancelAsync();
        (await Task.WhenAll(load)).ShouldAllBe(calls => calls > 0);
    }

    [Fact]
    public async Task SIGHUP_reads_again_what_the_file_refers_to_and_does_not_end_the_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGHUP.");
        var secret = Path.Combine(_directory.FullName, "api-key");
        await File.WriteAllTextAsync(secret, "an old key", Cancellation);
        var client = await _host.ConnectAsync("keyed");
        await ChangeAsync(file => file["resources"]!["keyed"]!["headers"]!["X-Api-Key"] = $"${{file:{secret}}}");
        await UntilLoggedAsync("Took over 1 changes");
        await client.ShouldBeRefusedAsync(HttpStatusCode.BadGateway, "gateway.upstream_refused_credential");

        await File.WriteAllTextAsync(secret, "demo-api-key", Cancellation);
        using var kill = Process.Start("kill", ["-HUP", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await EndToEndHost.UntilAsync(() => Logged("Took over 1 changes of the configuration: ~ resources.keyed.headers.X-Api-Key") == 2);

        using var answer = await client.SendAsync(client.Call("headers"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        _host.VisibleLogs.ShouldNotContain(line => line.Contains("demo-api-key", StringComparison.Ordinal) || line.Contains("an old key", StringComparison.Ordinal));
    }

    private async Task ChangeAsync(Action<JsonObject> change)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(FilePath, Cancellation))!.AsObject();
        change(file);
        await WriteAsync(file.ToJsonString());
    }

    private async Task WriteAsync(string text)
    {
        await File.WriteAllTextAsync(FilePath, text, Cancellation);
        Tick();
    }

    private void Tick() => _host.Time.Advance(TimeSpan.FromSeconds(5));

    private Task UntilLoggedAsync(string text) => EndToEndHost.UntilAsync(() => Logged(text) > 0);

    private int Logged(string text) => _host.VisibleLogs.Count(line => line.Contains(text, StringComparison.Ordinal));

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _host.Http.GetAsync(path, Cancellation);
        return response.StatusCode;
    }

    private async Task<string?> AuditedAsync(string action) =>
        (await _host.Get<IAuditStore>().ListAsync(100, Cancellation)).First(e => e.Action == action).Reason;
}
