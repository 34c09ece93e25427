using Keyholder.Server.Commands;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Commands;

public sealed class SweepCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-sweep-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly ManualTimeProvider _time = new();

    private string Database => Path.Combine(_directory.FullName, "keyholder.db");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Every_sweep_runs_once_and_says_how_much_went_even_beside_a_server_that_holds_the_lease()
    {
        var now = _time.GetUtcNow();
        await using var server = await SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Cancellation);
        await server.Leases.AcquireAsync("sweep", "server", now.AddDays(1), now, Cancellation);
        await server.AuthorizationRequests.AddAsync(Sample.Request(now), Cancellation);
        await server.AuthorizationRequests.AddAsync(Sample.Request(now.AddHours(2)), Cancellation);
        _time.Advance(TimeSpan.FromMinutes(70));

        (await RunAsync([])).ShouldBe(0);

        _output.ToString().ReplaceLineEndings("\n").ShouldStartWith("authorization_requests\t1\nconnection_flows\t0\ndevice_authorizations\t0\nbrowser_sessions\t0\nsessions\t0\nclients\t0\n");
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sweep_that_fails_is_named_and_the_others_run()
    {
        await using (await SqliteStorage.OpenAsync(new SqliteStorageOptions(Database), _time, Cancellation))
        {
        }

        await DropAsync("connection_flows");

        (await RunAsync([])).ShouldBe(1);

        _error.ToString().ShouldContain("sweep connection_flows failed at ConnectionFlows");
        _output.ToString().ShouldContain("signing_keys\t0");
    }

    [Fact]
    public async Task A_database_in_memory_cannot_be_swept_from_outside()
    {
        (await RunAsync(new() { ["KEYHOLDER__storage__kind"] = "memory" })).ShouldBe(1);

        _error.ToString().ShouldContain("storage is in memory");
    }

    private async Task DropAsync(string table)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database};Pooling=False");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is a constant of this test.
        command.CommandText = $"DROP TABLE {table}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private Task<int> RunAsync(Dictionary<string, string> environment)
    {
        environment.TryAdd("KEYHOLDER__storage__path", Database);
        return KeyholderCommand.RunAsync(["sweep"], new ProcessContext(new StringReader(""), _output, _error, environment, _time));
    }
}
