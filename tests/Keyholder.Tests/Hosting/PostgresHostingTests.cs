using System.Security.Cryptography;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Postgres;
using Keyholder.Tests.Testing;
using Keyholder.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Hosting;

public sealed class PostgresHostingTests
{
    private const string VaultKey = "a:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static readonly string NewerKey = "b:" + new string('1', 64);

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
    public async Task A_node_without_the_key_another_seals_with_does_not_start_and_says_what_to_do()
    {
        var database = await PostgresTestDatabase.CreateAsync();
        var time = new ManualTimeProvider();
        await using (var one = await BuildAsync([VaultKey, NewerKey]))
        {
            (await Should.ThrowAsync<StartException>(() => BuildAsync([VaultKey]))).Message.ShouldStartWith("the vault key b is not in the key ring here");
            (await Should.ThrowAsync<StartException>(() => BuildAsync([VaultKey, "b:" + new string('2', 64)]))).Message.ShouldStartWith("the vault key b is not in the key ring here");
            await using var other = await BuildAsync([VaultKey, NewerKey, "c:" + new string('3', 64)]);
            other.Services.GetRequiredService<VaultKeySource>().Current.SealingIdAt(time.GetUtcNow()).ShouldBe("b");
        }

        // Both have left: nobody waits for them, and what they sealed is with the key that is there.
        (await Should.ThrowAsync<CryptographicException>(() => BuildAsync([VaultKey]))).Message.ShouldContain("root secret");
        await using var last = await BuildAsync([NewerKey]);

        Task<WebApplication> BuildAsync(string[] keys) => KeyholderApp.BuildAsync(
            KeyholderConfiguration.Default with
            {
                Storage = new() { Kind = StorageKind.Postgres, ConnectionString = database.ConnectionString },
                Vault = new() { Keys = keys },
            },
            time,
            cancellationToken: TestContext.Current.CancellationToken);
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
