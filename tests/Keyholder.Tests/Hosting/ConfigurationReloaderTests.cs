using System.Text.Json.Nodes;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tests.EndToEnd;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Upstream;
using Keyholder.Users;
using Keyholder.VirtualKeys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Hosting;

/// <summary>What a reload leaves alone, and what it ends that another one began.</summary>
public sealed class ConfigurationReloaderTests : IAsyncLifetime
{
    private const string Declared = """{ "agent": { "grants": { "open": {} } } }""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-reloader-");
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
    public async Task A_file_that_has_not_changed_brings_back_no_key_that_the_newer_file_of_another_node_withdrew()
    {
        using var reloader = Reloader(new Registrations());
        await DeclareAsync(Declared);
        await reloader.ReloadAsync(Cancellation);
        (await StatusAsync("agent")).ShouldBe(VirtualKeyStatus.Active);
        var now = _host.Time.GetUtcNow();
        var newer = Declaration.Of(_host.Get<IResourceSource>().Current, []);
        await _host.Get<IDeclarationStore>().ApplyAsync(newer, Sample.Audit(now, AuditActions.GrantChanged), null, now, Cancellation);

        await reloader.ReloadAsync(Cancellation);

        (await StatusAsync("agent")).ShouldBe(VirtualKeyStatus.Inactive);
        (await _host.Get<IDeclarationStore>().PlanAsync(newer, now, Cancellation)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_refused_for_what_lies_outside_it_is_taken_over_once_that_is_mended()
    {
        using var reloader = Reloader(new Registrations());
        await DeclareAsync("""{ "agent": { "user": "person3" } }""");
        await reloader.ReloadAsync(Cancellation);
        _host.Get<ConfigurationHealth>().Report.ShouldContain("1 problems");
        (await _host.Get<LocalUserService>().AddAsync("person3", EndToEndHost.Password, null, "system", Cancellation)).ShouldBe(LocalUserOutcome.Done);

        await reloader.ReloadAsync(Cancellation);

        _host.Get<ConfigurationHealth>().Report.ShouldBeEmpty();
        (await StatusAsync("agent")).ShouldBe(VirtualKeyStatus.Active);
    }

    [Fact]
    public async Task A_reload_that_failed_half_way_is_ended_by_the_next_and_recorded_once()
    {
        var registrations = new Registrations { Fails = true };
        using var reloader = Reloader(registrations);
        await DeclareAsync(Declared, displayName: "Renamed");
        await Should.ThrowAsync<IOException>(() => reloader.ReloadAsync(Cancellation));
        await Should.ThrowAsync<IOException>(() => reloader.ReloadAsync(Cancellation));
        _host.Get<IResourceSource>().Current.FindByName("open")!.DisplayName.ShouldNotBe("Renamed");

        registrations.Fails = false;
        await reloader.ReloadAsync(Cancellation);

        (await StatusAsync("agent")).ShouldBe(VirtualKeyStatus.Active);
        _host.Get<IResourceSource>().Current.FindByName("open")!.DisplayName.ShouldBe("Renamed");
        (await RecordedAsync()).ShouldHaveSingleItem().ShouldNotBeNull().ShouldContain("+ virtualKeys.agent");
    }

    [Fact]
    public async Task A_file_that_is_put_back_after_its_reload_failed_half_way_is_followed_again()
    {
        var registrations = new Registrations { Fails = true };
        using var reloader = Reloader(registrations);
        var before = await File.ReadAllTextAsync(FilePath, Cancellation);
        await DeclareAsync(Declared);
        await Should.ThrowAsync<IOException>(() => reloader.ReloadAsync(Cancellation));
        registrations.Fails = false;

        await File.WriteAllTextAsync(FilePath, before, Cancellation);
        await reloader.ReloadAsync(Cancellation);

        (await StatusAsync("agent")).ShouldBe(VirtualKeyStatus.Inactive);
        (await RecordedAsync()).ShouldBe(["as before", "+ virtualKeys.agent, + virtualKeys.agent.grants.open"], ignoreOrder: true);
    }

    // Follows the file only when it is told to.
    private ConfigurationReloader Reloader(IUpstreamRegistrationStore registrations)
    {
        var environment = new Dictionary<string, string> { ["KEYHOLDER__storage__kind"] = "memory" };
        return ActivatorUtilities.CreateInstance<ConfigurationReloader>(
            _host.Server.Services,
            ConfigurationLoader.Load(FilePath, environment),
            environment,
            new UpstreamRegistrations(registrations, _host.Time, NullLogger<UpstreamRegistrations>.Instance));
    }

    private async Task DeclareAsync(string keys, string? displayName = null)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(FilePath, Cancellation))!.AsObject();
        file["virtualKeys"] = JsonNode.Parse(keys);
        if (displayName is not null)
        {
            file["resources"]!["open"]!["displayName"] = displayName;
        }

        await File.WriteAllTextAsync(FilePath, file.ToJsonString(), Cancellation);
    }

    private async Task<VirtualKeyStatus> StatusAsync(string name) =>
        (await _host.Get<IVirtualKeyStore>().FindByNameAsync(name, Cancellation)).ShouldNotBeNull().StatusAt(_host.Time.GetUtcNow());

    private async Task<List<string?>> RecordedAsync() =>
        [.. (await _host.Get<IAuditStore>().ListAsync(100, Cancellation)).Where(audit => audit.Action == AuditActions.ConfigurationReloaded).Select(audit => audit.Reason)];

    private sealed class Registrations : IUpstreamRegistrationStore
    {
        public bool Fails { get; set; }

        public Task<(long Generation, int? Marked)> RecordAsync(
            string provider, byte[] registration, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
            Fails ? throw new IOException("the database does not answer") : Task.FromResult<(long, int?)>((1, null));
    }
}
