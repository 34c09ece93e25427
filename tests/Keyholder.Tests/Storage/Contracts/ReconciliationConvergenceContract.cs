using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Whatever was done in whatever order, credentials end as a fresh computation from the grants says, and one run is enough.</summary>
public abstract class ReconciliationConvergenceContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly string[] Resources = ["mail", "tracker", "wiki"];
    private static readonly string[] Providers = ["github", "google", "slack"];
    private static readonly (string, string)[][] Bindings =
    [
        [("mail", "google"), ("tracker", "github"), ("tracker", "slack"), ("wiki", "github")],
        [("mail", "google"), ("wiki", "slack")],
        [],
    ];

    private static readonly Gen<Step> Steps =
        from kind in Gen.Choose(0, 9) from key in Gen.Choose(0, 1) from thing in Gen.Choose(0, 2) select new Step(kind, key, thing);

    private readonly List<VirtualKey> _keys = [];
    private readonly SemaphoreSlim _mirroring = new(1, 1);
    private volatile (string Resource, string Provider)[] _mirrored = [];

    [Fact]
    public async Task Any_sequence_of_changes_flows_and_crashes_ends_as_a_fresh_computation_says()
    {
        foreach (var name in new[] { "k0", "k1" })
        {
            _keys.Add(await AddKeyAsync(name));
        }

        foreach (var steps in Steps.ArrayOf(25).Sample(12))
        {
            var story = string.Join(' ', steps.AsEnumerable());
            foreach (var step in steps)
            {
                await RunAsync(step);
                if (!step.IsTampering)
                {
                    continue;
                }

                // As after a crash between a change and what should have followed it: the next pass repairs it, one key or all at once.
                if (step.Key == 0)
                {
                    foreach (var key in _keys)
                    {
                        await Db.Reconciliation.ReconcileAsync(key.Id, Audit, Now, default);
                    }
                }
                else
                {
                    await Db.Reconciliation.ReconcileAllAsync(Audit, Now, default);
                }

                (await PlanAsync()).ShouldBeEmpty(story);
            }

            (await PlanAsync()).ShouldBeEmpty(story);
            (await Db.Reconciliation.ReconcileAllAsync(Audit, Now, default)).IsEmpty.ShouldBeTrue(story);
            await ShouldBeAsTheGrantsSayAsync(story);
        }
    }

    [Fact]
    public async Task Runs_of_keys_and_of_resources_that_cross_never_wait_in_a_circle_and_leave_nothing_to_do()
    {
        await MirrorAsync(0);
        for (var i = 0; i < 6; i++)
        {
            _keys.Add(await AddKeyAsync("k" + i));
        }

        await RaceAsync(12, () => RunAsync(new Step(6, 0, 0)), async caller =>
        {
            for (var round = 0; round < 8; round++)
            {
                var (key, thing) = ((caller + round) % _keys.Count, (caller * 7 + round) % 3);
                await RunAsync(new Step(caller % 9, key, thing));
            }

            return true;
        });

        (await PlanAsync()).ShouldBeEmpty();
        await ShouldBeAsTheGrantsSayAsync("crossing runs");
    }

    [Fact]
    public async Task A_resource_that_many_keys_hold_credentials_for_is_reconciled_in_one_go()
    {
        // 10,000 as in the promise: KEYHOLDER_RECONCILE_KEYS=10000.
        var count = int.Parse(Environment.GetEnvironmentVariable("KEYHOLDER_RECONCILE_KEYS") ?? "300", CultureInfo.InvariantCulture);
        await MirrorAsync(0);
        await Db.Grants.PutToAllAsync("mail", Audit, Now, default);
        foreach (var some in Enumerable.Range(0, count).Chunk(64))
        {
            await Task.WhenAll(some.Select(async i => await PutAsync(await AddKeyAsync("k" + i), "google")));
        }

        var began = Stopwatch.GetTimestamp();
        await Db.Grants.RemoveToAllAsync("mail", Audit, Now, default);
        var orphaning = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        await Db.Grants.PutToAllAsync("mail", Audit, Now, default);
        var restoring = Stopwatch.GetElapsedTime(began);

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} keys: orphaned in {orphaning.TotalMilliseconds:0} ms, restored in {restoring.TotalMilliseconds:0} ms");
        (await PlanAsync()).ShouldBeEmpty();
        (await Db.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.CredentialRestored, Limit = count + 1 }, default)).Count.ShouldBe(count);
        (orphaning > restoring ? orphaning : restoring).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    private static AuditEvent Audit => Sample.Audit(Now, AuditActions.GrantChanged);

    private async Task RunAsync(Step step)
    {
        var (key, resource, provider) = (_keys[step.Key], Resources[step.Thing], Providers[step.Thing]);
        switch (step.Kind)
        {
            case 0:
                await Db.Grants.PutAsync(key.Id, new Grant(resource, null), Audit, Now, default);
                break;
            case 1:
                await Db.Grants.RemoveAsync(key.Id, resource, Audit, Now, default);
                break;
            case 2:
                await Db.Grants.PutToAllAsync(resource, Audit, Now, default);
                break;
            case 3:
                await Db.Grants.RemoveToAllAsync(resource, Audit, Now, default);
                break;
            case 4:
                await MirrorAsync(step.Thing);
                break;
            case 5:
                // A flow begins for what is granted; one that is not goes with the next change or pass.
                await Db.ConnectionFlows.AddAsync(Sample.Flow(Now) with { Owner = OwnerOf(key), Provider = provider }, default);
                await Db.Reconciliation.ReconcileAsync(key.Id, Audit, Now, default);
                break;
            case 6:
                await PutAsync(key, provider);
                break;
            case 7:
                await Db.Reconciliation.ReconcileResourceAsync(resource, Audit, Now, default);
                break;
            case 8:
                await Db.Reconciliation.ReconcileAsync(key.Id, Audit, Now, default);
                break;
            default:
                await TamperAsync(key, provider);
                break;
        }
    }

    private async Task TamperAsync(VirtualKey key, string provider)
    {
        if (await Db.Credentials.FindAsync(new(OwnerOf(key), provider), default) is { } credential)
        {
            var status = credential.Status == CredentialStatus.Active ? CredentialStatus.Orphaned : CredentialStatus.Active;
            await Db.Credentials.MarkAsync(credential.Key, credential.Version, status, "tampered", Audit, Now, default);
        }
    }

    private async Task ShouldBeAsTheGrantsSayAsync(string story)
    {
        foreach (var key in _keys)
        {
            var access = (await Db.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull();
            var entitled = _mirrored.Where(pair => access.FindGrant(pair.Resource) is not null).Select(pair => pair.Provider).ToHashSet();
            foreach (var credential in await Db.Credentials.ListAsync(OwnerOf(key), default))
            {
                credential.Status.ShouldBe(entitled.Contains(credential.Key.Provider) ? CredentialStatus.Active : CredentialStatus.Orphaned, $"{credential.Key}: {story}");
            }
        }
    }

    private async Task MirrorAsync(int which)
    {
        // One at a time, so that the test knows which came last.
        await _mirroring.WaitAsync();
        try
        {
            await Db.Declarations.ApplyAsync(new Declaration(new ResourceMirror(Bindings[which], []), []), Audit, null, Now, default);
            _mirrored = Bindings[which];
        }
        finally
        {
            _mirroring.Release();
        }
    }

    private async Task<VirtualKey> AddKeyAsync(string name)
    {
        var key = Sample.VirtualKey(name, Now);
        (await Db.VirtualKeys.AddAsync(key, Audit, default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        return key;
    }

    private async Task PutAsync(VirtualKey key, string provider)
    {
        var existing = await Db.Credentials.FindAsync(new(OwnerOf(key), provider), default);
        var credential = existing is null
            ? Sample.Credential(Now, provider) with { Key = new(OwnerOf(key), provider) }
            : existing with { Version = existing.Version + 1, Status = CredentialStatus.Active };
        await Db.Credentials.PutAsync(credential, credential.Version - 1, null, default);
    }

    private static CredentialOwner OwnerOf(VirtualKey key) => CredentialOwner.Of(new Subject(SubjectKind.VirtualKey, key.Id));

    private Task<IReadOnlyList<PlannedChange>> PlanAsync() => Db.Reconciliation.PlanAsync(100, default);

    private sealed record Step(int Kind, int Key, int Thing)
    {
        public bool IsTampering => Kind == 9;

        public override string ToString() => $"{Kind}/{Key}/{Thing}";
    }
}
