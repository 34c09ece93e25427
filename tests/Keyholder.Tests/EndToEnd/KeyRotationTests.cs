using DemoUpstream;
using Keyholder.Server.Commands;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Vault;

namespace Keyholder.Tests.EndToEnd;

/// <summary>The keys of the vault change while clients call, refresh and connect.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-rotation-");

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    private string KeyFile => Path.Combine(_directory.FullName, "vault.key");

    private Dictionary<string, string> Settings => new()
    {
        ["KEYHOLDER__storage__path"] = Database,
        ["KEYHOLDER__vault__keys"] = "[]",
        ["KEYHOLDER__vault__keyFile"] = KeyFile,
    };

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Keys_rotate_under_load_without_one_failed_request_until_everything_is_sealed_with_the_new_one_and_the_old_one_retires()
    {
        // Credentials are refreshed again and again, so that there is always something being sealed, but last longer than any call under way.
        await using (var host = await EndToEndHost.StartAsync(Database, new DemoUpstreamOptions { AccessTokenLifetime = TimeSpan.FromSeconds(60) }, Settings))
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => host.ConnectAsync(i % 2 == 0 ? "mail" : "files", "person" + ((i % 2) + 1), "demo-account-" + ((i % 2) + 1))));
            var old = KeyIds().ShouldHaveSingleItem();
            using var done = new CancellationTokenSource();
            var calls = 0;
            var load = clients.Select((client, i) => Task.Run(async () =>
            {
                for (var round = 0; !done.IsCancellationRequested; round++)
                {
                    await client.WhoAmIAsync();
                    Interlocked.Increment(ref calls);
                    if (round % 7 == i)
                    {
                        await client.RefreshAsync();
                    }
                }
            })).ToList();

            load.Add(Task.Run(async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    await host.ConnectAsync();
                }
            }));

            (await RunAsync(host.Time, () => Volatile.Read(ref calls), "keys", "rotate")).Output.ShouldContain("Sealed ");
            var fresh = KeyIds()[1];
            host.Get<VaultKeySource>().Current.SealingIdAt(host.Time.GetUtcNow()).ShouldBe(fresh);
            var before = Volatile.Read(ref calls);
            (await RunAsync(host.Time, () => Volatile.Read(ref calls), "keys", "verify")).Output.TrimEnd().ShouldEndWith($"100 % are sealed with the key {fresh}.");
            (await RunAsync(host.Time, () => Volatile.Read(ref calls), "keys", "retire", old)).ExitCode.ShouldBe(0);
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await EndToEndHost.UntilAsync(() => host.Get<VaultKeySource>().Current.KeyIds.Count == 1 && Volatile.Read(ref calls) > before + 50);
            await done.CancelAsync();
            await Task.WhenAll(load);

            KeyIds().ShouldBe([fresh]);
            host.VisibleLogs.ShouldNotContain(line => line.StartsWith("Error", StringComparison.Ordinal));
        }

        (await RunAsync(new ManualTimeProvider(), () => 0, "keys", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_seals_anew_by_itself_what_a_superseded_key_has_sealed()
    {
        await using var host = await EndToEndHost.StartAsync(Database, settings: Settings);
        var client = await host.ConnectAsync();
        var old = host.Get<VaultKeySource>().Current.FindMark(KeyIds()[0])!;
        (await RunAsync(host.Time, () => 0, "keys", "rotate", "--no-wait", "--delay", "20s")).ExitCode.ShouldBe(0);
        var store = host.Get<ISealedRowStore>();
        (await store.AnyAsync(old, TestContext.Current.CancellationToken)).ShouldBeTrue();

        host.Time.Advance(TimeSpan.FromSeconds(10));
        await EndToEndHost.UntilAsync(() => host.Get<SealingAgreement>().Standing.Seals.Count == 2);
        host.Time.Advance(TimeSpan.FromMinutes(2));
        await EndToEndHost.UntilAsync(() => host.VisibleLogs.Any(line => line.Contains($"anew with the vault key {KeyIds()[1]}", StringComparison.Ordinal)));
        host.VisibleLogs.ShouldNotContain(line => line.StartsWith("Error", StringComparison.Ordinal));
        (await store.AnyAsync(old, TestContext.Current.CancellationToken)).ShouldBeFalse();
        await client.RefreshAsync();
        await client.WhoAmIAsync();
    }

    [Fact]
    public async Task A_key_file_that_breaks_while_the_server_runs_is_reported_once_and_the_keys_in_force_stay()
    {
        await using var host = await EndToEndHost.StartAsync(Database, settings: Settings);
        var client = await host.ConnectAsync();
        await File.WriteAllTextAsync(KeyFile, "half a", TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await EndToEndHost.UntilAsync(() => host.VisibleLogs.Any(line => line.Contains("cannot be used", StringComparison.Ordinal)));
        }

        host.VisibleLogs.Count(line => line.Contains("cannot be used", StringComparison.Ordinal)).ShouldBe(1);
        await client.WhoAmIAsync();
    }

    private IReadOnlyList<string> KeyIds() => VaultKeyFile.Load(KeyFile, []).ShouldNotBeNull().KeyIds;

    private async Task<(int ExitCode, string Output)> RunAsync(ManualTimeProvider time, Func<int> progress, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var command = Task.Run(() => KeyholderCommand.RunAsync(args, new ProcessContext(TextReader.Null, output, error, Settings, time)));
        var last = progress();
        while (!command.IsCompleted)
        {
            // The clock goes on only as fast as the calls do.
            if (progress() is var now && now >= last + 3)
            {
                last = now;
                time.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Yield();
        }

        error.ToString().ShouldBeEmpty();
        return (await command, output.ToString());
    }
}
