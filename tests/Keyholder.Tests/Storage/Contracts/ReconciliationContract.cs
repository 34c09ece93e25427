using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Resources: <c>tracker</c> wants github and slack, <c>wiki</c> github, <c>mail</c> google.</summary>
public abstract class ReconciliationContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly (string, string)[] Providers = [("mail", "google"), ("tracker", "github"), ("tracker", "slack"), ("wiki", "github")];

    [Fact]
    public async Task A_lost_grant_orphans_the_credential_and_deletes_the_pending_flow_and_the_grant_brings_the_same_row_back()
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "mail");
        var credential = await PutAsync(key, "google");
        var flow = await AddFlowAsync(key, "google");

        (await RemoveAsync(key, "mail")).ShouldBe(GrantWriteOutcome.Done);

        (await FindAsync(credential)).ShouldBeRow(credential with { Status = CredentialStatus.Orphaned, StatusReason = "not_granted", UpdatedAt = Now });
        (await ClaimAsync(flow)).ShouldBe(ConnectionClaimOutcome.NotFound);
        (await PlanAsync()).ShouldBeEmpty();

        (await GrantAsync(key, "mail")).ShouldBe(GrantWriteOutcome.Done);

        (await FindAsync(credential)).ShouldBeRow(credential with { StatusReason = null, UpdatedAt = Now });
        (await PlanAsync()).ShouldBeEmpty();
        var audited = await Db.AuditTrail.ListAsync(new AuditQuery { Target = $"credential:vk:{key.Id}@google", Limit = 9 }, default);
        audited.Select(entry => entry.Event.Action).ShouldBe([AuditActions.CredentialRestored, AuditActions.CredentialOrphaned]);
    }

    [Theory]
    [InlineData(CredentialStatus.NeedsReauth)]
    [InlineData(CredentialStatus.NeedsUpdate)]
    public async Task What_needs_the_person_is_touched_by_neither(CredentialStatus status)
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "mail");
        var credential = await PutAsync(key, "google", status);

        await RemoveAsync(key, "mail");
        (await FindAsync(credential)).ShouldBeRow(credential);
        await GrantAsync(key, "mail");
        (await FindAsync(credential)).ShouldBeRow(credential);
    }

    [Fact]
    public async Task Credentials_of_others_and_flows_whose_callback_came_are_left_alone()
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "mail");
        var claimed = await AddFlowAsync(key, "google");
        (await ClaimAsync(claimed)).ShouldBe(ConnectionClaimOutcome.Claimed);
        var ofUser = Sample.Credential(Now, "google", key.Id);
        await Db.Credentials.PutAsync(ofUser, 0, null, default);
        var shared = Sample.Credential(Now, "google") with { Key = new(new(CredentialOwnerKind.Shared, key.Id), "google") };
        await Db.Credentials.PutAsync(shared, 0, null, default);

        await RemoveAsync(key, "mail");

        (await FindAsync(ofUser)).ShouldBeRow(ofUser);
        (await FindAsync(shared)).ShouldBeRow(shared);
        (await ClaimAsync(claimed)).ShouldNotBe(ConnectionClaimOutcome.NotFound);
    }

    [Fact]
    public async Task A_provider_two_granted_resources_share_is_kept_until_the_last_of_them_goes()
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "tracker");
        await GrantAsync(key, "wiki");
        var github = await PutAsync(key, "github");
        var slack = await PutAsync(key, "slack");

        await RemoveAsync(key, "tracker");
        (await StatusAsync(github, slack)).ShouldBe([CredentialStatus.Active, CredentialStatus.Orphaned]);

        await RemoveAsync(key, "wiki");
        (await StatusAsync(github, slack)).ShouldBe([CredentialStatus.Orphaned, CredentialStatus.Orphaned]);
    }

    [Fact]
    public async Task A_resource_granted_to_all_counts_for_every_key_and_for_no_longer_than_it_is()
    {
        var key = await SetUpAsync();
        var other = await AddKeyAsync("other");
        await GrantAsync(other, "mail");
        (await ToAllAsync("mail")).ShouldBe(GrantWriteOutcome.Done);
        var mine = await PutAsync(key, "google");
        var theirs = await PutAsync(other, "google");

        (await RemoveToAllAsync("mail")).ShouldBe(GrantWriteOutcome.Done);

        (await StatusAsync(mine, theirs)).ShouldBe([CredentialStatus.Orphaned, CredentialStatus.Active]);
        (await ToAllAsync("mail")).ShouldBe(GrantWriteOutcome.Done);
        (await StatusAsync(mine, theirs)).ShouldBe([CredentialStatus.Active, CredentialStatus.Active]);
        (await PlanAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_configuration_grants_to_all_is_taken_back_only_there()
    {
        var key = await SetUpAsync("mail");
        var credential = await PutAsync(key, "google");
        (await RemoveToAllAsync("mail")).ShouldBe(GrantWriteOutcome.Configured);
        (await ToAllAsync("mail")).ShouldBe(GrantWriteOutcome.Done);
        (await Db.Grants.ListToAllAsync(default)).ShouldBe([new GrantToAll("mail", Configured: true)]);

        await MirrorAsync();
        (await Db.Grants.ListToAllAsync(default)).ShouldBe([new GrantToAll("mail", Configured: false)]);
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Active]);
        await RemoveToAllAsync("mail");
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Orphaned]);
        (await RemoveToAllAsync("mail")).ShouldBe(GrantWriteOutcome.NotFound);
    }

    [Fact]
    public async Task A_changed_configuration_reconciles_every_key_and_tells_the_nodes_and_an_unchanged_one_does_nothing()
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "mail");
        var credential = await PutAsync(key, "google");
        var before = (await NoticesAsync()).Count;

        (await MirrorAsync()).IsEmpty.ShouldBeTrue();
        (await NoticesAsync()).Count.ShouldBe(before);

        (await MirrorAsync(new ResourceMirror([("mail", "microsoft")], []))).ShouldBe(new ReconcileResult(1, 0, 0));
        (await NoticesAsync())[^1].ShouldBe(new(RevocationTargetKind.All, ""));
        (await MirrorAsync()).ShouldBe(new ReconcileResult(0, 1, 0));
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Active]);
    }

    [Fact]
    public async Task A_grant_that_says_nothing_new_writes_nothing()
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "mail", ["a", "b"]);
        var (notices, audits) = ((await NoticesAsync()).Count, (await AuditedActionsAsync()).Count);

        (await GrantAsync(key, "mail", ["a", "b"])).ShouldBe(GrantWriteOutcome.Unchanged);
        (await ToAllAsync("wiki")).ShouldBe(GrantWriteOutcome.Done);
        (await ToAllAsync("wiki")).ShouldBe(GrantWriteOutcome.Unchanged);
        (await RemoveAsync(key, "tracker")).ShouldBe(GrantWriteOutcome.NotFound);
        (await GrantAsync(Sample.VirtualKey("nobody", Now), "mail")).ShouldBe(GrantWriteOutcome.KeyNotFound);
        (await RemoveAsync(Sample.VirtualKey("nobody", Now), "mail")).ShouldBe(GrantWriteOutcome.KeyNotFound);

        (await NoticesAsync()).Count.ShouldBe(notices + 1);
        (await AuditedActionsAsync()).Count.ShouldBe(audits + 1);
    }

    [Fact]
    public async Task Access_is_the_key_its_grants_and_what_is_granted_to_all_as_of_one_moment()
    {
        await AddUserAsync();
        var key = await SetUpAsync("mail");
        await Db.VirtualKeys.UpdateAsync(key.Id, new() { OwnerUserId = new("u1") }, Audit, Now, default);
        await GrantAsync(key, "wiki", [Hostile]);
        await GrantAsync(key, "mail", []);
        await ToAllAsync("mail");

        var access = (await Db.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull();
        access.Key.ShouldBeRow(key with { OwnerUserId = "u1" });
        access.OwnerIsActive.ShouldBeTrue();
        access.GrantedToAll.ShouldBe(["mail"]);
        access.FindGrant("wiki").ShouldNotBeNull().Tools.ShouldBe([Hostile]);
        access.FindGrant("mail").ShouldNotBeNull().Tools.ShouldBe([]);
        access.FindGrant("tracker").ShouldBeNull();

        await RemoveAsync(key, "mail");
        await Db.DisableUserAsync("u1", Now);
        access = (await Db.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull();
        access.FindGrant("mail").ShouldNotBeNull().Tools.ShouldBeNull();
        access.StatusAt(Now).ShouldBe(VirtualKeyStatus.Inactive);
        (await Db.Grants.FindAccessAsync("nobody", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_without_grants_has_access_to_nothing_and_holds_no_active_credential()
    {
        var key = await SetUpAsync();

        (await Db.Grants.FindAccessAsync(key.Id, default)).ShouldNotBeNull().FindGrant("mail").ShouldBeNull();
        var credential = await PutAsync(key, "google");
        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Orphaned]);
        (await PlanAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flow_that_ends_after_its_grant_went_or_a_refresh_under_way_leaves_no_active_credential()
    {
        var key = await SetUpAsync();
        await GrantAsync(key, "mail");
        var credential = await PutAsync(key, "google");
        await RemoveAsync(key, "mail");

        var refreshed = credential with { Version = 2, Envelope = Sample.Hash() };
        (await Db.Credentials.PutAsync(refreshed, 1, null, default)).ShouldBe(CredentialPutOutcome.Stored);

        (await StatusAsync(credential)).ShouldBe([CredentialStatus.Orphaned]);
    }

    [Fact]
    public async Task Nothing_is_stored_for_a_key_that_is_gone()
    {
        await SetUpAsync("mail");
        var gone = Sample.VirtualKey("gone", Now);

        (await Db.Credentials.PutAsync(CredentialOf(gone, "google"), 0, null, default)).ShouldBe(CredentialPutOutcome.Conflict);

        (await Db.Credentials.ListAsync(OwnerOf(gone), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_grant_taken_back_while_its_flow_ends_never_leaves_an_active_credential_behind()
    {
        var key = await SetUpAsync();
        for (var round = 0; round < 8; round++)
        {
            await GrantAsync(key, "mail");
            await Db.Credentials.DeleteAsync(new(OwnerOf(key), "google"), default);

            await RaceAsync(2, () => Task.CompletedTask, async i => i == 0 ? (object)await RemoveAsync(key, "mail") : await PutAsync(key, "google"));

            (await PlanAsync()).ShouldBeEmpty();
        }
    }

    private static AuditEvent Audit => Sample.Audit(Now, AuditActions.GrantChanged);

    private static CredentialOwner OwnerOf(VirtualKey key) => CredentialOwner.Of(new Subject(SubjectKind.VirtualKey, key.Id));

    private static StoredCredential CredentialOf(VirtualKey key, string provider) =>
        Sample.Credential(Now, provider) with { Key = new(OwnerOf(key), provider), StatusReason = null };

    private async Task<VirtualKey> SetUpAsync(params string[] grantedToAll)
    {
        await MirrorAsync(grantedToAll);
        return await AddKeyAsync("agent");
    }

    private Task<ReconcileResult> MirrorAsync(params string[] grantedToAll) => MirrorAsync(new ResourceMirror(Providers, grantedToAll));

    private async Task<ReconcileResult> MirrorAsync(ResourceMirror mirror) =>
        (await Db.Declarations.ApplyAsync(new Declaration(mirror, []), Audit, null, Now, default)).Reconciled;

    private async Task<VirtualKey> AddKeyAsync(string name)
    {
        var key = Sample.VirtualKey(name, Now);
        (await Db.VirtualKeys.AddAsync(key, Audit, default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        return key;
    }

    private Task<GrantWriteOutcome> GrantAsync(VirtualKey key, string resource, IReadOnlyList<string>? tools = null) =>
        Db.Grants.PutAsync(key.Id, new Grant(resource, tools), Audit, Now, default);

    private Task<GrantWriteOutcome> RemoveAsync(VirtualKey key, string resource) => Db.Grants.RemoveAsync(key.Id, resource, Audit, Now, default);

    private Task<GrantWriteOutcome> ToAllAsync(string resource) => Db.Grants.PutToAllAsync(resource, Audit, Now, default);

    private Task<GrantWriteOutcome> RemoveToAllAsync(string resource) => Db.Grants.RemoveToAllAsync(resource, Audit, Now, default);

    private async Task<StoredCredential> PutAsync(VirtualKey key, string provider, CredentialStatus status = CredentialStatus.Active)
    {
        var credential = CredentialOf(key, provider) with { Status = status };
        (await Db.Credentials.PutAsync(credential, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        return credential;
    }

    private async Task<ConnectionFlow> AddFlowAsync(VirtualKey key, string provider)
    {
        var flow = Sample.Flow(Now) with { Owner = OwnerOf(key), Provider = provider };
        await Db.ConnectionFlows.AddAsync(flow, default);
        return flow;
    }

    private async Task<ConnectionClaimOutcome> ClaimAsync(ConnectionFlow flow) =>
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome;

    private Task<StoredCredential?> FindAsync(StoredCredential credential) => Db.Credentials.FindAsync(credential.Key, default);

    private async Task<List<CredentialStatus>> StatusAsync(params StoredCredential[] credentials)
    {
        var statuses = new List<CredentialStatus>();
        foreach (var credential in credentials)
        {
            statuses.Add((await FindAsync(credential)).ShouldNotBeNull().Status);
        }

        return statuses;
    }

    private Task<IReadOnlyList<PlannedChange>> PlanAsync() => Db.Reconciliation.PlanAsync(100, default);

    private async Task<List<RevocationTarget>> NoticesAsync() =>
        [.. (await Db.Revocations.ReadAfterAsync(0, Now, default)).Where(line => line.IsNotice).Select(line => line.Revocation.Target)];
}
