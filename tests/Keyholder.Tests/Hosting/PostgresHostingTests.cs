using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Postgres;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Hosting;

public sealed class PostgresHostingTests
{
    private const string VaultKey = "a:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    [Fact]
    public async Task Two_nodes_share_a_PostgreSQL_database_and_its_secrets()
    {
        var database = await PostgresTestDatabase.CreateAsync();
        var configuration = KeyholderConfiguration.Default with
        {
            Storage = new() { Kind = StorageKind.Postgres, ConnectionString = database.ConnectionString },
            Vault = new() { Keys = [VaultKey] },
        };

        await using var one = await KeyholderApp.BuildAsync(configuration, new ManualTimeProvider(), cancellationToken: TestContext.Current.CancellationToken);
        await using var other = await KeyholderApp.BuildAsync(configuration, new ManualTimeProvider(), cancellationToken: TestContext.Current.CancellationToken);

        foreach (var node in new[] { one, other })
        {
            (await node.Services.GetRequiredService<IUserStore>().AnyAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_named_without_its_credentials()
    {
        var configuration = KeyholderConfiguration.Default with
        {
            Storage = new() { Kind = StorageKind.Postgres, ConnectionString = "Host=/nowhere;Database=keys;Username=kh;Password=canary" },
            Vault = new() { Keys = [VaultKey] },
        };

        var refusal = await Should.ThrowAsync<StartException>(
            () => KeyholderApp.BuildAsync(configuration, new ManualTimeProvider(), cancellationToken: TestContext.Current.CancellationToken));

        refusal.Message.ShouldContain("PostgreSQL keys at /nowhere");
        refusal.ToString().ShouldNotContain("canary");
    }
}
