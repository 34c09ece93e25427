using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class CredentialDirectoryContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_credential_is_listed_as_it_lies_with_its_owners_name_and_whether_it_is_being_connected()
    {
        var user = await AddUserAsync("u1");
        var key = Sample.VirtualKey("agent", Now);
        await Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default);
        var ofUser = await AddAsync(new(CredentialOwnerKind.User, "u1"));
        var ofKey = await AddAsync(new(CredentialOwnerKind.VirtualKey, key.Id));
        var ofNobody = await AddAsync(new(CredentialOwnerKind.User, "gone"));
        await Db.ConnectionFlows.AddAsync(Sample.Flow(Now) with { Owner = ofUser.Key.Owner }, default);
        await Db.ConnectionFlows.AddAsync(Sample.Flow(Now) with { Owner = ofKey.Key.Owner, ExpiresAt = Now }, default);
        await Db.ConnectionFlows.AddAsync(Sample.Flow(Now) with { Owner = ofNobody.Key.Owner, Provider = "gitlab" }, default);

        var listed = (await ListAsync()).ToDictionary(listing => listing.Credential.Key);

        listed[ofUser.Key].Credential.ShouldBeRow(ofUser);
        (listed[ofUser.Key].OwnerName, listed[ofUser.Key].Connecting).ShouldBe((user.DisplayName, true));
        (listed[ofKey.Key].OwnerName, listed[ofKey.Key].Connecting).ShouldBe(("agent", false));
        (listed[ofNobody.Key].OwnerName, listed[ofNobody.Key].Connecting).ShouldBe((null, false));
        (await Db.CredentialDirectory.FindAsync(ofUser.RowId, Now, default)).ShouldBeRow(listed[ofUser.Key]);
        (await Db.CredentialDirectory.FindAsync(new byte[16], Now, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Filters_all_have_to_match()
    {
        var github = await AddAsync(new(CredentialOwnerKind.User, "u1"));
        var gitlab = await AddAsync(new(CredentialOwnerKind.User, "u1"), provider: "gitlab", status: CredentialStatus.NeedsReauth);
        var headers = await AddAsync(new(CredentialOwnerKind.Shared, "notion"), provider: "notion", kind: CredentialKind.Headers, status: CredentialStatus.NeedsUpdate);
        var orphan = await AddAsync(new(CredentialOwnerKind.VirtualKey, "vk1"), status: CredentialStatus.Orphaned);

        await ShouldListAsync(new() { Limit = 9, Providers = ["github", "gitlab"] }, github, gitlab, orphan);
        await ShouldListAsync(new() { Limit = 9, Providers = [] });
        await ShouldListAsync(new() { Limit = 9, Status = CredentialStatus.NeedsReauth }, gitlab);
        await ShouldListAsync(new() { Limit = 9, Status = CredentialStatus.Orphaned, OwnerKind = CredentialOwnerKind.User });
        await ShouldListAsync(new() { Limit = 9, Kind = CredentialKind.Headers }, headers);
        await ShouldListAsync(new() { Limit = 9, OwnerKind = CredentialOwnerKind.VirtualKey }, orphan);
        await ShouldListAsync(new() { Limit = 9, Owner = new(CredentialOwnerKind.User, "u1"), Providers = ["gitlab"] }, gitlab);
        await ShouldListAsync(new() { Limit = 9, Owner = new(CredentialOwnerKind.VirtualKey, "u1") });
    }

    [Fact]
    public async Task A_user_is_shown_their_own_and_what_their_sessions_connected()
    {
        var own = await AddAsync(new(CredentialOwnerKind.User, "u1"));
        var lent = await AddAsync(new(CredentialOwnerKind.Session, SessionId.Create().ToString()), binding: new(Subject.User("u1"), "client"));
        await AddAsync(new(CredentialOwnerKind.User, "u2"));
        await AddAsync(new(CredentialOwnerKind.VirtualKey, "u1"));
        await AddAsync(new(CredentialOwnerKind.Session, "u1"), binding: new(new Subject(SubjectKind.Session, "u1"), "client"));
        await AddAsync(new(CredentialOwnerKind.Shared, "u1"));

        await ShouldListAsync(new() { Limit = 9, VisibleToUser = "u1" }, own, lent);
        await ShouldListAsync(new() { Limit = 9, VisibleToUser = "u1", Owner = new(CredentialOwnerKind.User, "u2") });
    }

    [Fact]
    public async Task A_text_is_found_literally_in_provider_account_owner_and_their_names()
    {
        await AddUserAsync("u1");
        var key = Sample.VirtualKey("night-shift", Now);
        await Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default);
        var ofUser = await AddAsync(new(CredentialOwnerKind.User, "u1"), account: "octo%cat");
        var ofKey = await AddAsync(new(CredentialOwnerKind.VirtualKey, key.Id), provider: "gitlab", account: "octo_dog");

        await ShouldFindAsync("GITHUB", ofUser);
        await ShouldFindAsync("OCTO", ofUser, ofKey);
        await ShouldFindAsync("o%c", ofUser);
        await ShouldFindAsync("_", ofKey);
        await ShouldFindAsync("person1 U1", ofUser);
        await ShouldFindAsync("NAME-OF-u1", ofUser);
        await ShouldFindAsync("night", ofKey);
        await ShouldFindAsync(key.Id, ofKey);
        await ShouldFindAsync("nothing");
        await ShouldFindAsync(Hostile);
        await ShouldListAsync(new() { Limit = 9, Text = "nothing", MatchingProviders = ["gitlab"] }, ofKey);

        Task ShouldFindAsync(string text, params StoredCredential[] expected) => ShouldListAsync(new() { Limit = 9, Text = text }, expected);
    }

    [Fact]
    public async Task Pages_go_from_the_newest_back_and_do_not_move_under_inserts()
    {
        var rows = new List<StoredCredential>();
        for (var i = 0; i < 7; i++)
        {
            rows.Add(await AddAsync(new(CredentialOwnerKind.User, "u" + i), at: Now.AddSeconds(i / 2)));
        }

        var expected = rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => Convert.ToHexString(row.RowId), StringComparer.Ordinal).Select(row => row.Key).ToList();
        var seen = new List<CredentialKey>();
        RowPosition? after = null;
        for (var page = await ListAsync(3, after); page.Count > 0; page = await ListAsync(3, after))
        {
            seen.AddRange(page.Select(listing => listing.Credential.Key));
            after = page[^1].Position;
            await AddAsync(new(CredentialOwnerKind.User, "newer" + seen.Count), at: Now.AddHours(1));
        }

        seen.ShouldBe(expected);
    }

    [Theory]
    [InlineData(CredentialKind.OAuth)]
    [InlineData(CredentialKind.Headers)]
    public async Task A_deleted_credential_goes_with_its_flows_is_audited_told_to_every_node_and_revoked_upstream(CredentialKind kind)
    {
        var row = await AddAsync(new(CredentialOwnerKind.User, "u1"), kind: kind);
        var other = await AddAsync(new(CredentialOwnerKind.User, "u1"), provider: "gitlab");
        var (flow, othersFlow) = (Sample.Flow(Now), Sample.Flow(Now) with { Provider = "gitlab" });
        await Db.ConnectionFlows.AddAsync(flow, default);
        await Db.ConnectionFlows.AddAsync(othersFlow, default);

        (await DeleteAsync(row)).ShouldBeTrue();

        (await Db.Credentials.FindAsync(row.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(other.Key, default)).ShouldBeRow(other);
        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.NotFound);
        (await Db.ConnectionFlows.ClaimAsync(othersFlow.StateHash, othersFlow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
        var left = await Db.UpstreamRevocations.ListAsync(new() { Limit = 9 }, default);
        left.Select(revocation => (revocation.Key, revocation.Cause)).ShouldBe(kind == CredentialKind.OAuth ? [(row.Key, UpstreamRevocationCauses.Deleted)] : []);
        var notice = (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem();
        (notice.IsNotice, notice.Revocation.Target).ShouldBe((true, new RevocationTarget(RevocationTargetKind.Subject, "user:u1")));
        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialDeleted).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_that_delete_one_credential_one_does()
    {
        var (warm, row) = (await AddAsync(new(CredentialOwnerKind.User, "warm")), await AddAsync(new(CredentialOwnerKind.User, "u1")));

        var deleted = await RaceAsync(16, () => DeleteAsync(warm), _ => DeleteAsync(row));

        deleted.Count(won => won).ShouldBe(1);
        (await Db.UpstreamRevocations.ListAsync(new() { Limit = 9 }, default)).Count.ShouldBe(2);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.CredentialDeleted).ShouldBe(2);
    }

    private Task<IReadOnlyList<CredentialListing>> ListAsync(int limit = 99, RowPosition? after = null) =>
        Db.CredentialDirectory.ListAsync(new() { Limit = limit, After = after }, Now, default);

    private async Task ShouldListAsync(CredentialQuery query, params StoredCredential[] expected) =>
        (await Db.CredentialDirectory.ListAsync(query, Now, default)).Select(listing => listing.Credential.Key).ShouldBe(expected.Select(row => row.Key), ignoreOrder: true);

    private Task<bool> DeleteAsync(StoredCredential row) => Db.CredentialDirectory.DeleteAsync(row, Sample.Audit(Now, AuditActions.CredentialDeleted), Now);

    private async Task<StoredCredential> AddAsync(
        CredentialOwner owner,
        string provider = "github",
        CredentialKind kind = CredentialKind.OAuth,
        CredentialStatus status = CredentialStatus.Active,
        string? account = "4711",
        CredentialBinding? binding = null,
        DateTimeOffset? at = null)
    {
        var row = Sample.Credential(at ?? Now) with { Key = new(owner, provider), Kind = kind, Status = status, ProviderSubject = account, Binding = binding };
        await EnsureKeyAsync(owner);
        (await Db.Credentials.PutAsync(row, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        return row;
    }
}
