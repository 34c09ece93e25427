using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class CredentialStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task What_a_failed_request_stored_goes_unless_it_was_there_before_or_a_live_session_uses_it()
    {
        const string Resource = "https://gate.example/mcp/notes";
        var unused = Owned("unused");
        var replaced = Owned("replaced");
        var used = Owned("used");
        var ended = Owned("ended");
        var elsewhere = Owned("elsewhere");
        foreach (var credential in (StoredCredential[])[unused, replaced, used, ended, elsewhere])
        {
            (await PutAsync(credential)).ShouldBe(CredentialPutOutcome.Stored);
        }

        (await Db.Credentials.PutAsync(replaced with { Version = 2 }, 1, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        await AddSessionAsync(Sample.Session(Now) with { Subject = Subject.User("used"), Resource = Resource });
        await AddSessionAsync(Sample.Session(Now) with { Subject = Subject.User("ended"), Resource = Resource, AbsoluteExpiresAt = Now });
        await AddSessionAsync(Sample.Session(Now) with { Subject = Subject.User("elsewhere"), Resource = "https://gate.example/mcp/other" });

        foreach (var credential in (StoredCredential[])[unused, replaced, used, ended, elsewhere])
        {
            await Db.Credentials.DeleteUnusedAsync(credential.Key, [Resource], Now, default);
        }

        (await Db.Credentials.FindAsync(unused.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(ended.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(elsewhere.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(replaced.Key, default)).ShouldNotBeNull().Version.ShouldBe(2);
        (await Db.Credentials.FindAsync(used.Key, default)).ShouldBeRow(used);

        static StoredCredential Owned(string user) => Sample.Credential(Now) with { Key = new(CredentialOwner.Of(Subject.User(user)), "github") };
    }

    [Fact]
    public async Task A_credential_comes_back_as_it_was_stored()
    {
        var credential = Sample.Credential(Now, Hostile, Hostile) with
        {
            ProviderSubject = Hostile,
            StatusReason = Hostile,
            Binding = new CredentialBinding(Subject.User(Hostile), Hostile),
        };
        var sparse = Sample.Credential(Now, "p2", Hostile) with { ProviderSubject = null, StatusReason = null, ExpiresAt = null };

        (await PutAsync(credential)).ShouldBe(CredentialPutOutcome.Stored);
        (await PutAsync(sparse)).ShouldBe(CredentialPutOutcome.Stored);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        (await Db.Credentials.FindAsync(sparse.Key, default)).ShouldBeRow(sparse);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialStored, AuditActions.CredentialStored]);
    }

    [Fact]
    public async Task A_credential_is_found_by_its_whole_key_only_expired_or_not()
    {
        var credential = Sample.Credential(Now) with { ExpiresAt = Now.AddYears(-1) };
        await PutAsync(credential);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        (await Db.Credentials.FindAsync(credential.Key with { Provider = "GitHub" }, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(new CredentialKey(new CredentialOwner(CredentialOwnerKind.Session, "u1"), "github"), default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(new CredentialKey(new CredentialOwner(CredentialOwnerKind.User, "u2"), "github"), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Several_are_found_at_once_in_the_order_they_were_asked_for()
    {
        var (first, second) = (Sample.Credential(Now, Hostile, Hostile), Sample.Credential(Now, "b") with { Status = CredentialStatus.NeedsReauth });
        var session = new CredentialOwner(CredentialOwnerKind.Session, SessionId.Create().ToString());
        var third = Sample.Credential(Now, "b") with { Key = new CredentialKey(session, "b"), Binding = new CredentialBinding(Subject.User("u1"), "client") };
        foreach (var credential in (StoredCredential[])[first, second, third, Sample.Credential(Now, "a")])
        {
            await PutAsync(credential);
        }

        var found = await Db.Credentials.FindAllAsync([third.Key, new CredentialKey(session, "a"), first.Key, second.Key], default);

        found.Count.ShouldBe(4);
        found[0].ShouldNotBeNull().ShouldBeRow(third);
        found[1].ShouldBeNull();
        found[2].ShouldNotBeNull().ShouldBeRow(first);
        found[3].ShouldNotBeNull().ShouldBeRow(second);
    }

    [Fact]
    public async Task Connecting_again_replaces_the_binding()
    {
        var bound = Sample.Credential(Now) with { Binding = new CredentialBinding(Subject.User("u1"), "client") };
        await PutAsync(bound);
        var unbound = bound with { Version = 2, Binding = null };

        (await Db.Credentials.PutAsync(unbound, 1, null, default)).ShouldBe(CredentialPutOutcome.Stored);

        (await Db.Credentials.FindAsync(bound.Key, default)).ShouldBeRow(unbound);
    }

    [Fact]
    public async Task The_list_has_every_row_of_the_owner_in_provider_order_whatever_its_state()
    {
        var expired = Sample.Credential(Now, "b") with { ExpiresAt = Now.AddYears(-1) };
        var orphaned = Sample.Credential(Now, "a") with { Status = CredentialStatus.Orphaned, Kind = CredentialKind.Headers };
        await PutAsync(expired);
        await PutAsync(orphaned);
        await PutAsync(Sample.Credential(Now, "c", owner: "u2"));

        var list = await Db.Credentials.ListAsync(expired.Key.Owner, default);

        list.Select(credential => credential.Key.Provider).ShouldBe(["a", "b"]);
        list[0].ShouldBeRow(orphaned);
        list[1].ShouldBeRow(expired);
    }

    [Fact]
    public async Task A_first_write_never_replaces_a_row()
    {
        var credential = Sample.Credential(Now);
        await PutAsync(credential);

        (await PutAsync(Sample.Credential(Now))).ShouldBe(CredentialPutOutcome.Conflict);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialStored]);
    }

    [Fact]
    public async Task A_later_write_replaces_the_row_in_place_only_at_the_expected_version()
    {
        var first = Sample.Credential(Now);
        await PutAsync(first);
        var second = first with
        {
            Version = 2,
            Envelope = [1, 2, 3],
            Status = CredentialStatus.Active,
            StatusReason = null,
            ProviderSubject = "other",
            ExpiresAt = null,
            UpdatedAt = Now.AddMilliseconds(1),
        };

        (await PutAsync(second)).ShouldBe(CredentialPutOutcome.Stored);
        (await PutAsync(second)).ShouldBe(CredentialPutOutcome.Conflict);
        (await PutAsync(second with { Version = 4 })).ShouldBe(CredentialPutOutcome.Conflict);

        (await Db.Credentials.FindAsync(first.Key, default)).ShouldBeRow(second);
    }

    [Fact]
    public async Task A_write_meant_for_a_deleted_row_does_not_replace_the_row_that_took_its_place()
    {
        var deleted = Sample.Credential(Now);
        await PutAsync(deleted);
        await Db.Credentials.DeleteAsync(deleted.Key, default);
        (await PutAsync(deleted with { Version = 2 })).ShouldBe(CredentialPutOutcome.Conflict);
        var fresh = Sample.Credential(Now);
        await PutAsync(fresh);

        (await PutAsync(deleted with { Version = 2 })).ShouldBe(CredentialPutOutcome.Conflict);

        (await Db.Credentials.FindAsync(fresh.Key, default)).ShouldBeRow(fresh);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(0, -1)]
    public async Task A_version_that_does_not_follow_the_expected_one_is_a_bug(long version, long expected)
    {
        var credential = Sample.Credential(Now) with { Version = version };

        await Should.ThrowAsync<ArgumentException>(async () => await Db.Credentials.PutAsync(credential, expected, null, default));
    }

    [Fact]
    public async Task Of_concurrent_replacements_one_is_stored()
    {
        var warm = Sample.Credential(Now, "warm");
        var first = Sample.Credential(Now);
        await PutAsync(first);

        var outcomes = await RaceAsync(32, () => PutAsync(warm), i => PutAsync(first with { Version = 2, Envelope = [(byte)i] }));

        outcomes.Count(outcome => outcome == CredentialPutOutcome.Stored).ShouldBe(1);
        outcomes.Count(outcome => outcome == CredentialPutOutcome.Conflict).ShouldBe(31);
        (await Db.Credentials.FindAsync(first.Key, default))!.Envelope.ShouldBe([(byte)outcomes.ToList().IndexOf(CredentialPutOutcome.Stored)]);
    }

    [Fact]
    public async Task A_mark_changes_status_and_reason_and_keeps_envelope_and_version()
    {
        var credential = Sample.Credential(Now);
        await PutAsync(credential);

        (await MarkAsync(credential.Key, 2)).ShouldBe(CredentialPutOutcome.Conflict);
        (await MarkAsync(credential.Key with { Provider = "other" }, 1)).ShouldBe(CredentialPutOutcome.Conflict);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialStored]);
        (await MarkAsync(credential.Key, 1)).ShouldBe(CredentialPutOutcome.Stored);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(
            credential with { Status = CredentialStatus.NeedsReauth, StatusReason = "invalid_grant", UpdatedAt = Now.AddMinutes(1) });
        (await AuditedActionsAsync()).ShouldBe([AuditActions.CredentialNeedsReauth, AuditActions.CredentialStored]);
    }

    [Fact]
    public async Task Deleting_takes_one_row_and_an_unknown_key_is_no_error()
    {
        var credential = Sample.Credential(Now);
        var other = Sample.Credential(Now, "other");
        await PutAsync(credential);
        await PutAsync(other);

        await Db.Credentials.DeleteAsync(credential.Key, default);
        await Db.Credentials.DeleteAsync(credential.Key, default);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(other.Key, default)).ShouldNotBeNull();
    }

    private Task<CredentialPutOutcome> PutAsync(StoredCredential credential) =>
        Db.Credentials.PutAsync(credential, credential.Version - 1, Sample.Audit(Now, AuditActions.CredentialStored), default);

    private Task<CredentialPutOutcome> MarkAsync(CredentialKey key, long expectedVersion) => Db.Credentials.MarkAsync(
        key,
        expectedVersion,
        CredentialStatus.NeedsReauth,
        "invalid_grant",
        Sample.Audit(Now, AuditActions.CredentialNeedsReauth),
        Now.AddMinutes(1),
        default);
}
