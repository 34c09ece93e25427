using System.Diagnostics;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage.Postgres;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Vault;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>What a change on the resource side sends to the server, as the driver reports it.</summary>
public sealed class PostgresReconciliationStatementTests
{
    private static readonly ManualTimeProvider Time = new();

    private static AuditEvent Audit => Sample.Audit(Time.GetUtcNow(), AuditActions.GrantChanged);

    [Fact]
    public async Task A_change_of_a_resource_takes_as_many_statements_for_fifty_keys_as_for_two()
    {
        var (few, fewOrphaned) = await CountAsync(keys: 2);
        var (many, manyOrphaned) = await CountAsync(keys: 50);

        (fewOrphaned, manyOrphaned).ShouldBe((2, 50));
        few.ShouldBeGreaterThan(0);
        many.ShouldBe(few);
    }

    private static async Task<(int Statements, int Orphaned)> CountAsync(int keys)
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await using var storage = await PostgresStorage.OpenAsync(options, Time, default);
        await storage.Declarations.ApplyAsync(new(new([("mail", "google")], []), []), Audit, null, Time.GetUtcNow(), default);
        await storage.Grants.PutToAllAsync("mail", Audit, Time.GetUtcNow(), default);
        for (var i = 0; i < keys; i++)
        {
            var key = Sample.VirtualKey("k" + i, Time.GetUtcNow());
            await storage.VirtualKeys.AddAsync(key, Audit, default);
            var owner = CredentialOwner.Of(new Subject(SubjectKind.VirtualKey, key.Id));
            await storage.Credentials.PutAsync(Sample.Credential(Time.GetUtcNow(), "google") with { Key = new(owner, "google") }, 0, null, default);
        }

        var database = new NpgsqlConnectionStringBuilder(options.ConnectionString).Database;
        var statements = 0;
        using (var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Value as string == database))
                {
                    Interlocked.Increment(ref statements);
                }
            },
        })
        {
            ActivitySource.AddActivityListener(listener);
            await storage.Grants.RemoveToAllAsync("mail", Audit, Time.GetUtcNow(), default);
        }

        var orphaned = await storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.CredentialOrphaned, Limit = 100 }, default);
        return (statements, orphaned.Count);
    }
}
