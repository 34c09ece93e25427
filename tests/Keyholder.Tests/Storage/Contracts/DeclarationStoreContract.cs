using System.Diagnostics;
using System.Globalization;
using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Resources: <c>mail</c> wants google, <c>wiki</c> github.</summary>
public abstract class DeclarationStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly ResourceMirror Resources = new([("mail", "google"), ("wiki", "github")], []);

    [Fact]
    public async Task A_declared_key_is_made_without_a_secret_and_comes_back_as_declared()
    {
        await AddUserAsync();
        var declared = Key("agent", new Grant("mail", [Hostile, "read"]), new Grant("wiki", null)) with { Owner = "Name-Of-U1", ExpiresAt = Now.AddDays(1) };

        var result = await ApplyAsync(declared);

        result.Plan.Created.ShouldHaveSingleItem().Name.ShouldBe("agent");
        var key = await FindAsync("agent");
        key.ShouldBeRow(new VirtualKey
        {
            Id = result.Plan.Created[0].Id,
            Name = "agent",
            OwnerUserId = "u1",
            Generation = 1,
            SecretIssuedAt = Now,
            CreatedAt = Now,
            ExpiresAt = Now.AddDays(1),
            Declared = true,
        });
        var access = (await Db.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull();
        access.FindGrant("mail").ShouldNotBeNull().Tools.ShouldBe([Hostile, "read"]);
        access.FindGrant("wiki").ShouldNotBeNull().Tools.ShouldBeNull();
        (await AuditedAsync()).ShouldBe(["grant.changed mail", "grant.changed wiki", "virtual_key.created agent"]);
    }

    [Fact]
    public async Task A_key_that_is_made_gets_the_secret_that_comes_with_the_declaration_and_one_that_is_there_keeps_its_own()
    {
        var (first, second) = (Sample.Hash(), Sample.Hash());
        await ApplyAsync([Key("agent")], secrets: new() { ["agent"] = first });
        (await FindAsync("agent")).SecretHash.ShouldBe(first);

        await ApplyAsync([Key("agent"), Key("other")], secrets: new() { ["agent"] = second, ["other"] = second });

        (await FindAsync("agent")).SecretHash.ShouldBe(first);
        (await FindAsync("other")).SecretHash.ShouldBe(second);
    }

    [Fact]
    public async Task What_is_as_declared_is_left_alone_and_nothing_is_written()
    {
        var key = Key("agent", new Grant("mail", ["a", "b"]));
        await ApplyAsync(key);
        var (audits, notices) = (await AuditedAsync(), await NoticesAsync());

        var result = await ApplyAsync(key);

        result.Plan.IsEmpty.ShouldBeTrue();
        result.Reconciled.IsEmpty.ShouldBeTrue();
        (await AuditedAsync()).ShouldBe(audits);
        (await NoticesAsync()).ShouldBe(notices);
        (await Db.Declarations.PlanAsync(new Declaration(Resources, [key]), Now, default)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Credentials_follow_grants_out_and_back_in_the_same_row_and_what_needs_the_person_is_untouched()
    {
        await ApplyAsync(Key("agent", new Grant("mail", null), new Grant("wiki", null)));
        var key = await FindAsync("agent");
        var active = await PutAsync(key, "google", CredentialStatus.Active);
        var waiting = await PutAsync(key, "github", CredentialStatus.NeedsReauth);

        (await ApplyAsync(Key("agent"))).Reconciled.ShouldBe(new ReconcileResult(1, 0, 0));
        (await StatusAsync(active, waiting)).ShouldBe([CredentialStatus.Orphaned, CredentialStatus.NeedsReauth]);

        (await ApplyAsync(Key("agent", new Grant("mail", ["read"]), new Grant("wiki", null)))).Reconciled.ShouldBe(new ReconcileResult(0, 1, 0));
        (await StatusAsync(active, waiting)).ShouldBe([CredentialStatus.Active, CredentialStatus.NeedsReauth]);
        (await Db.Reconciliation.PlanAsync(10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_is_declared_no_more_is_inactive_without_grants_and_comes_back_as_the_same_row()
    {
        await ApplyAsync([Key("agent", new Grant("mail", null))], secrets: new() { ["agent"] = Sample.Hash() });
        var key = await FindAsync("agent");
        var credential = await PutAsync(key, "google", CredentialStatus.Active);

        await ApplyAsync();

        var gone = await FindAsync("agent");
        gone.ShouldBeRow(key with { DeactivatedAt = Now, Declared = false, Withdrawn = true });
        gone.StatusAt(Now).ShouldBe(VirtualKeyStatus.Inactive);
        (await Db.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull().Grants.ShouldBeEmpty();
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Orphaned]);
        (await ApplyAsync()).Plan.IsEmpty.ShouldBeTrue();

        await ApplyAsync(Key("agent", new Grant("mail", null)));

        (await FindAsync("agent")).ShouldBeRow(key);
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Active]);
        (await NoticesAsync()).Count(target => target == new RevocationTarget(RevocationTargetKind.VirtualKey, key.Id)).ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_somebody_deactivated_stays_so_whatever_is_declared()
    {
        await ApplyAsync(Key("before"), Key("while"));
        var (before, meanwhile) = (await FindAsync("before"), await FindAsync("while"));
        (await SwitchAsync(before, active: false)).ShouldBe(VirtualKeyWriteOutcome.Done);
        await ApplyAsync();
        (await SwitchAsync(meanwhile, active: false)).ShouldBe(VirtualKeyWriteOutcome.Done);

        await ApplyAsync(Key("before"), Key("while"));

        foreach (var name in new[] { "before", "while" })
        {
            (await FindAsync(name)).ShouldBeRow((name == "before" ? before : meanwhile) with { DeactivatedAt = Now });
            (await SwitchAsync(await FindAsync(name), active: true)).ShouldBe(VirtualKeyWriteOutcome.Done);
        }

        (await FindAsync("before")).ShouldBeRow(before);
    }

    [Fact]
    public async Task What_is_declared_is_changed_by_no_other_means_and_nothing_is_written()
    {
        await ApplyAsync(Key("agent", new Grant("mail", null)), Key("gone"));
        await ApplyAsync(Key("agent", new Grant("mail", null)));
        var (key, gone) = (await FindAsync("agent"), await FindAsync("gone"));
        var audits = await AuditedAsync();

        (await UpdateAsync(key, new() { Name = "other" })).ShouldBe(VirtualKeyWriteOutcome.Declared);
        (await UpdateAsync(key, new() { ExpiresAt = new(Now.AddDays(1)), Active = false })).ShouldBe(VirtualKeyWriteOutcome.Declared);
        (await UpdateAsync(key, new() { Name = "agent", ExpiresAt = new(null) })).ShouldBe(VirtualKeyWriteOutcome.Unchanged);
        (await SwitchAsync(gone, active: true)).ShouldBe(VirtualKeyWriteOutcome.Declared);
        (await Db.Grants.PutAsync(key.Id, new Grant("wiki", null), Audit, Now, default)).ShouldBe(GrantWriteOutcome.Declared);
        (await Db.Grants.RemoveAsync(key.Id, "mail", Audit, Now, default)).ShouldBe(GrantWriteOutcome.Declared);
        (await Db.Grants.PutAsync(gone.Id, new Grant("wiki", null), Audit, Now, default)).ShouldBe(GrantWriteOutcome.Declared);
        (await DeleteAsync(key)).ShouldBe(VirtualKeyWriteOutcome.Declared);

        (await FindAsync("agent")).ShouldBeRow(key);
        (await FindAsync("gone")).ShouldBeRow(gone);
        (await AuditedAsync()).ShouldBe(audits);
    }

    [Fact]
    public async Task A_declared_key_can_be_rotated_and_one_that_is_declared_no_more_deleted()
    {
        await ApplyAsync(Key("agent"), Key("gone"));
        var key = await FindAsync("agent");
        var hash = Sample.Hash();
        (await Db.VirtualKeys.RotateAsync(new(key.Id, 1, hash, Now.AddHours(1)), Audit, Now, default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        (await FindAsync("agent")).ShouldBeRow(key with { Generation = 2, SecretHash = hash });

        await ApplyAsync(Key("agent"));
        (await DeleteAsync(await FindAsync("gone"))).ShouldBe(VirtualKeyWriteOutcome.Done);

        (await ApplyAsync(Key("agent"), Key("gone"))).Plan.Created.ShouldHaveSingleItem().Name.ShouldBe("gone");
    }

    [Fact]
    public async Task Keys_that_were_made_by_other_means_are_never_touched_and_their_names_cannot_be_declared()
    {
        var other = Sample.VirtualKey("other", Now);
        await Db.VirtualKeys.AddAsync(other, Audit, default);
        await Db.Grants.PutAsync(other.Id, new Grant("wiki", null), Audit, Now, default);

        var refused = await ApplyAsync(Key("agent"), Key("other"));
        refused.Plan.Problems.ShouldHaveSingleItem().Path.ShouldBe("virtualKeys.other");
        (await Db.VirtualKeys.FindByNameAsync("agent", default)).ShouldBeNull();
        await ApplyAsync(Key("agent"));
        await ApplyAsync();

        (await FindAsync("other")).ShouldBeRow(other);
        (await Db.Grants.FindAccessAsync(other.Id, default)).ShouldNotBeNull().Grants.ShouldHaveSingleItem().Resource.ShouldBe("wiki");
    }

    [Fact]
    public async Task With_a_problem_anywhere_nothing_is_changed_not_even_the_resources()
    {
        await AddUserAsync("gone");
        await Db.DisableUserAsync("gone", Now);
        await ApplyAsync(Key("agent", new Grant("mail", null)));
        var audits = await AuditedAsync();
        var key = await FindAsync("agent");
        var credential = await PutAsync(key, "google", CredentialStatus.Active);

        var result = await Db.Declarations.ApplyAsync(
            new Declaration(
                new ResourceMirror([], ["mail"]),
                [Key("agent") with { Owner = "nobody" }, Key("late") with { ExpiresAt = Now }, Key("mine") with { Owner = "gone" }, Key("fine")]),
            Audit,
            Audit with { Action = AuditActions.ConfigurationReloaded },
            Now,
            default);

        result.Plan.Problems.Select(problem => problem.Path).ShouldBe(["virtualKeys.agent.user", "virtualKeys.late.expiresAt", "virtualKeys.mine.user"]);
        (await AuditedAsync()).ShouldBe(audits);
        (await FindAsync("agent")).ShouldBeRow(key);
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Active]);
        (await Db.VirtualKeys.FindByNameAsync("fine", default)).ShouldBeNull();
        (await Db.Grants.ListToAllAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_changed_around_a_key_since_it_was_made_keeps_nobody_from_starting()
    {
        await AddUserAsync();
        var key = Key("agent") with { Owner = "u1", ExpiresAt = Now.AddDays(1) };
        await ApplyAsync(key);
        await Db.DisableUserAsync("u1", Now);

        var later = await Db.Declarations.ApplyAsync(new Declaration(Resources, [key]), Audit, null, Now.AddDays(2), default);
        later.Plan.Problems.ShouldBeEmpty();
        later.Plan.IsEmpty.ShouldBeTrue();

        await Db.DeleteUserAsync("u1");
        (await ApplyAsync(key)).Plan.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_of_its_own_is_recorded_with_the_change()
    {
        await Db.Declarations.ApplyAsync(new Declaration(Resources, [Key("agent")]), Audit, Audit with { Action = AuditActions.ConfigurationReloaded, Reason = "why" }, Now, default);

        (await AuditedAsync()).ShouldBe(["configuration.reloaded why", "virtual_key.created agent"]);
    }

    [Fact]
    public async Task Nodes_that_declare_the_same_at_once_make_every_key_once_and_all_of_them_succeed()
    {
        DeclaredKey[] keys = [.. Enumerable.Range(0, 40).Select(i => Key("k" + i, new Grant("mail", null)))];

        var results = await RaceAsync(8, () => ApplyAsync(Key("warm")), _ => ApplyAsync(keys));

        results.ShouldAllBe(result => result.Plan.Problems.Count == 0);
        results.Count(result => !result.Plan.IsEmpty).ShouldBe(1);
        (await Db.VirtualKeys.ListAsync(new VirtualKeyQuery { Limit = 100 }, default)).Count.ShouldBe(41);
        (await AuditedAsync()).Count(audit => audit.StartsWith("virtual_key.created k", StringComparison.Ordinal)).ShouldBe(40);
    }

    [Fact]
    public async Task Nodes_that_declare_different_things_at_once_and_people_who_use_and_switch_keys_never_wait_in_a_circle()
    {
        DeclaredKey[] some = [.. Enumerable.Range(0, 12).Select(i => Key("k" + i, new Grant(i % 2 == 0 ? "mail" : "wiki", null)))];
        DeclaredKey[] others = [.. Enumerable.Range(6, 12).Reverse().Select(i => Key("k" + i, new Grant(i % 2 == 0 ? "wiki" : "mail", ["read"])))];
        await ApplyAsync([.. some.UnionBy(others, key => key.Name)]);
        var keys = await Db.VirtualKeys.ListAsync(new VirtualKeyQuery { Limit = 100 }, default);
        foreach (var key in keys)
        {
            await PutAsync(key, "google", CredentialStatus.Active);
        }

        await RaceAsync(8, () => ApplyAsync(some), async caller =>
        {
            for (var round = 0; round < 6; round++)
            {
                var key = keys[(caller + (round * 5)) % keys.Count];
                await (caller switch
                {
                    0 or 1 => ApplyAsync(round % 2 == caller ? some : others),
                    2 => SwitchAsync(key, active: round % 2 == 0),
                    3 => Db.VirtualKeys.RotateAsync(new(key.Id, (uint)round + 1, Sample.Hash(), Now), Audit, Now, default),
                    4 => Db.VirtualKeys.TouchAsync(keys.Reverse().ToDictionary(used => used.Id, _ => Now), default),
                    5 => Db.Reconciliation.ReconcileAllAsync(Audit, Now, default),
                    6 => Db.Grants.PutToAllAsync(round % 2 == 0 ? "mail" : "wiki", Audit, Now, default),
                    _ => Db.VirtualKeys.AddAsync(Sample.VirtualKey("other" + round, Now), Audit, default),
                });
            }

            return true;
        });

        (await Db.Reconciliation.PlanAsync(100, default)).ShouldBeEmpty();
        (await ApplyAsync(some)).Plan.Problems.ShouldBeEmpty();
        (await Db.Declarations.PlanAsync(new Declaration(Resources, some), Now, default)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_name_that_is_declared_and_taken_by_other_means_at_once_is_of_one_of_them()
    {
        for (var round = 0; round < 6; round++)
        {
            var name = "agent" + round.ToString(CultureInfo.InvariantCulture);
            var outcomes = await RaceAsync(2, () => Task.CompletedTask, async i => i == 0
                ? (await ApplyAsync(Key(name))).Plan.Problems.Count == 0
                : await Db.VirtualKeys.AddAsync(Sample.VirtualKey(name, Now), Audit, default) == VirtualKeyWriteOutcome.Done);

            outcomes.Count(done => done).ShouldBe(1);
            ((await FindAsync(name)).Declared is not null).ShouldBe(outcomes[0]);
        }
    }

    [Fact]
    public async Task Thousands_of_keys_are_declared_changed_and_withdrawn_at_once()
    {
        const int Count = 3000;
        DeclaredKey[] keys = [.. Enumerable.Range(0, Count).Select(i => Key("k" + i, new Grant("mail", ["read"]), new Grant("wiki", null)))];
        var began = Stopwatch.GetTimestamp();

        (await ApplyAsync(keys)).Plan.Created.Count.ShouldBe(Count);
        var made = Stopwatch.GetElapsedTime(began);
        (await ApplyAsync([.. keys.Select(key => key with { Grants = [new Grant("mail", null)] })])).Plan.Grants.Count.ShouldBe(Count * 2);
        (await ApplyAsync()).Plan.Changed.Count.ShouldBe(Count);
        var all = Stopwatch.GetElapsedTime(began);

        TestContext.Current.TestOutputHelper?.WriteLine($"{Count} keys: made in {made.TotalMilliseconds:0} ms, all in {all.TotalMilliseconds:0} ms");
        (await Db.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.VirtualKeyCreated, Limit = Count + 1 }, default)).Count.ShouldBe(Count);
        all.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static AuditEvent Audit => Sample.Audit(Now, AuditActions.GrantChanged);

    private static DeclaredKey Key(string name, params Grant[] grants) => new() { Name = name, Grants = [.. grants.Select(GrantRules.Normalize)] };

    private static CredentialOwner OwnerOf(VirtualKey key) => CredentialOwner.Of(new Subject(SubjectKind.VirtualKey, key.Id));

    private Task<DeclarationResult> ApplyAsync(params DeclaredKey[] keys) => ApplyAsync(keys, []);

    private Task<DeclarationResult> ApplyAsync(DeclaredKey[] keys, Dictionary<string, byte[]> secrets) =>
        Db.Declarations.ApplyAsync(new Declaration(Resources, keys) { SecretHashes = secrets }, Audit, null, Now, default);

    private async Task<VirtualKey> FindAsync(string name) => (await Db.VirtualKeys.FindByNameAsync(name, default)).ShouldNotBeNull();

    private Task<VirtualKeyWriteOutcome> UpdateAsync(VirtualKey key, VirtualKeyChange change) => Db.VirtualKeys.UpdateAsync(key.Id, change, Audit, Now, default);

    private Task<VirtualKeyWriteOutcome> SwitchAsync(VirtualKey key, bool active) => UpdateAsync(key, new() { Active = active });

    private Task<VirtualKeyWriteOutcome> DeleteAsync(VirtualKey key) => Db.VirtualKeys.DeleteAsync(
        key.Id, new RevocationEntry(new(RevocationTargetKind.VirtualKey, key.Id), Now, Now.AddHours(1), RevocationReasons.VirtualKeyDeleted), Audit, default);

    private async Task<StoredCredential> PutAsync(VirtualKey key, string provider, CredentialStatus status)
    {
        var credential = Sample.Credential(Now, provider) with { Key = new(OwnerOf(key), provider), Status = status, StatusReason = null };
        (await Db.Credentials.PutAsync(credential, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        return credential;
    }

    private async Task<List<CredentialStatus>> StatusAsync(params StoredCredential[] credentials)
    {
        var statuses = new List<CredentialStatus>();
        foreach (var credential in credentials)
        {
            statuses.Add((await Db.Credentials.FindAsync(credential.Key, default)).ShouldNotBeNull().Status);
        }

        return statuses;
    }

    private async Task<List<string>> AuditedAsync() =>
        [.. (await Db.Audit.ListAsync(1000, default)).Where(audit => audit.Action != AuditActions.UserAdded).Select(audit => $"{audit.Action} {audit.Reason}").Order(StringComparer.Ordinal)];

    private async Task<List<RevocationTarget>> NoticesAsync() =>
        [.. (await Db.Revocations.ReadAfterAsync(0, Now, default)).Where(line => line.IsNotice).Select(line => line.Revocation.Target)];
}
