using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class ImportStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task An_import_is_begun_gone_on_with_and_finished_once()
    {
        var digest = Sample.Hash();

        (await BeginAsync(digest)).ShouldBe(ImportBeginOutcome.Begun);
        (await BeginAsync(digest)).ShouldBe(ImportBeginOutcome.Resumed);
        (await Db.Imports.ListAsync(default)).ShouldBe([new ImportRun(Hostile, Now, null)]);
        await FinishAsync(digest);
        await FinishAsync(digest);

        (await BeginAsync(digest)).ShouldBe(ImportBeginOutcome.Finished);
        (await Db.Imports.ListAsync(default)).ShouldBe([new ImportRun(Hostile, Now, Now.AddMinutes(1))]);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ImportFinished, AuditActions.ImportBegun]);
    }

    [Fact]
    public async Task Giving_up_forgets_what_is_unfinished_and_nothing_else()
    {
        var (finished, record) = (Sample.Hash(), Sample.Hash());
        await BeginAsync(finished);
        await FinishAsync(finished);
        await BeginAsync(Sample.Hash());
        await AddAsync(record, Sample.Credential(Now));

        (await Db.Imports.AbandonAsync(Sample.Audit(Now, AuditActions.ImportAbandoned), default)).ShouldBe(1);
        (await Db.Imports.AbandonAsync(Sample.Audit(Now, AuditActions.ImportAbandoned), default)).ShouldBe(0);

        (await Db.Imports.ListAsync(default)).ShouldHaveSingleItem().FinishedAt.ShouldNotBeNull();
        (await Db.Imports.FindAsync(record, default)).ShouldBe(ImportOutcome.Imported);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.ImportAbandoned).ShouldBe(1);
    }

    [Fact]
    public async Task A_credential_is_stored_once_with_its_line_in_the_journal_and_the_audit_trail()
    {
        var (record, credential) = (Sample.Hash(), Sample.Credential(Now));

        (await Db.Imports.FindAsync(record, default)).ShouldBeNull();
        (await AddAsync(record, credential)).ShouldBe(ImportOutcome.Imported);
        (await AddAsync(record, Sample.Credential(Now))).ShouldBe(ImportOutcome.Imported);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        (await Db.Imports.FindAsync(record, default)).ShouldBe(ImportOutcome.Imported);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialImported]);
    }

    [Fact]
    public async Task A_credential_that_is_there_is_left_alone_now_and_when_the_record_comes_again()
    {
        var (record, there) = (Sample.Hash(), Sample.Credential(Now));
        await Db.Credentials.PutAsync(there, 0, null, default);

        (await AddAsync(record, Sample.Credential(Now))).ShouldBe(ImportOutcome.Kept);
        await Db.Credentials.DeleteAsync(there.Key, default);
        (await AddAsync(record, Sample.Credential(Now))).ShouldBe(ImportOutcome.Kept);

        (await Db.Credentials.FindAsync(there.Key, default)).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_that_was_deleted_since_its_import_does_not_come_back()
    {
        var (record, credential) = (Sample.Hash(), Sample.Credential(Now));
        await AddAsync(record, credential);
        await Db.Credentials.DeleteAsync(credential.Key, default);

        (await AddAsync(record, Sample.Credential(Now))).ShouldBe(ImportOutcome.Imported);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_identity_brings_its_user_or_names_an_existing_one()
    {
        var known = await AddUserAsync();
        var (fresh, linked) = (new ProviderIdentity("corp", Hostile), new ProviderIdentity("corp", "2"));

        (await AddAsync(Sample.Hash(), fresh, Sample.User("u9", Now))).ShouldBe(ImportOutcome.Imported);
        (await AddAsync(Sample.Hash(), linked, known)).ShouldBe(ImportOutcome.Imported);

        (await FindAsync(fresh)).ShouldBe(Sample.User("u9", Now));
        (await FindAsync(linked)).Id.ShouldBe(known.Id);
    }

    [Fact]
    public async Task An_identity_that_is_there_stays_with_its_user()
    {
        var identity = new ProviderIdentity("corp", "1");
        var record = Sample.Hash();
        await AddAsync(Sample.Hash(), identity, Sample.User("u1", Now));

        (await AddAsync(record, identity, Sample.User("u2", Now))).ShouldBe(ImportOutcome.Kept);
        (await AddAsync(record, identity, Sample.User("u2", Now))).ShouldBe(ImportOutcome.Kept);

        (await FindAsync(identity)).Id.ShouldBe("u1");
        (await Db.Users.FindAsync("u2", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_concurrent_imports_of_one_record_one_stores_it_and_all_hear_the_same()
    {
        var (record, key) = (Sample.Hash(), Sample.Credential(Now).Key);

        var outcomes = await RaceAsync(16, () => Db.Imports.FindAsync(record, default), _ => AddAsync(record, Sample.Credential(Now)));

        outcomes.ShouldAllBe(outcome => outcome == ImportOutcome.Imported);
        (await Db.Credentials.FindAsync(key, default)).ShouldNotBeNull();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialImported]);
    }

    private Task<ImportBeginOutcome> BeginAsync(byte[] digest) =>
        Db.Imports.BeginAsync(digest, Hostile, Sample.Audit(Now, AuditActions.ImportBegun), Now, default);

    private Task FinishAsync(byte[] digest) =>
        Db.Imports.FinishAsync(digest, Sample.Audit(Now, AuditActions.ImportFinished), Now.AddMinutes(1), default);

    private Task<ImportOutcome> AddAsync(byte[] record, StoredCredential credential) =>
        Db.Imports.AddCredentialAsync(record, credential, Sample.Audit(Now, AuditActions.CredentialImported), Now, default);

    private Task<ImportOutcome> AddAsync(byte[] record, ProviderIdentity identity, User user) =>
        Db.Imports.AddIdentityAsync(record, identity, user, Sample.Audit(Now, AuditActions.IdentityImported), Now, default);

    private Task<User> FindAsync(ProviderIdentity identity) =>
        Db.Users.FindOrAddByIdentityAsync(identity, Sample.User("nobody", Now), Sample.Audit(Now, AuditActions.UserAdded), default);
}
