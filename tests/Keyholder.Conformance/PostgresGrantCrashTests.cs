using Keyholder.Conformance.Running;

namespace Keyholder.Conformance;

/// <summary>A server on PostgreSQL is killed at every step of a grant change, and what is found afterwards is all of the change or nothing of it.</summary>
public sealed class PostgresGrantCrashTests
{
    private const int MaxSteps = 60;
    private const int FewestSteps = 8;

    [Fact]
    public async Task A_server_killed_at_every_step_of_a_grant_change_has_made_all_of_it_or_nothing()
    {
        await using var postgres = await Postgres.StartAsync();
        await using var relay = new PostgresRelay(postgres.Folder);
        await using var key = await GrantedKey.StartAsync(folder => new()
        {
            ["KEYHOLDER__storage__kind"] = "postgres",
            ["KEYHOLDER__storage__connectionString"] = $"Host=127.0.0.1;Port={relay.Port};Username=keyholder;Database=keyholder;SSL Mode=Disable",
            ["KEYHOLDER__vault__keyFile"] = Path.Combine(folder, "vault.key"),
        });

        // A message the server never sees takes the change back, whatever was sent before. One it sees makes it, if it is the last, though nobody is told.
        var (revoking, revoked) = await KillAtEveryStepAsync(key, relay, forward: false, grant: false);
        var (granting, granted) = await KillAtEveryStepAsync(key, relay, forward: true, grant: true);

        TestContext.Current.TestOutputHelper?.WriteLine($"{revoking} steps to revoke, {revoked} kills left it done; {granting} to grant, {granted} left it done");
        Math.Min(revoking, granting).ShouldBeGreaterThan(FewestSteps);
        granted.ShouldBeInRange(1, granting - FewestSteps);
    }

    /// <summary>How many kills the change takes until it lives to its end, and after how many of them it was made all the same.</summary>
    private static async Task<(int Kills, int Made)> KillAtEveryStepAsync(GrantedKey key, PostgresRelay relay, bool forward, bool grant)
    {
        var made = 0;
        for (var step = 1; step <= MaxSteps; step++)
        {
            relay.Arm(step, forward, key.Kill);
            var done = await key.ChangeAsync(grant);
            if (!relay.Disarm())
            {
                done.ShouldBeTrue();
                (await key.ShouldBeConsistentAsync()).ShouldBe(grant);
                return (step - 1, made);
            }

            await key.RestartAsync();
            if (await key.ShouldBeConsistentAsync() == grant)
            {
                made++;
                (await key.ChangeAsync(!grant)).ShouldBeTrue();
            }
        }

        throw new InvalidOperationException($"The change has more than {MaxSteps} steps.");
    }
}
