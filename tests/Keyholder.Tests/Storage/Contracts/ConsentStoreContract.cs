using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class ConsentStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task An_approval_comes_back_as_it_was_given()
    {
        var consent = new Consent(new Subject(SubjectKind.Session, Hostile), Hostile, Hostile, Hostile, [Hostile], Sample.Hash(), Now);

        await GiveAsync(consent);

        (await FindAsync(consent)).ShouldBeRow(consent);
    }

    [Fact]
    public async Task An_approval_holds_only_for_its_whole_key()
    {
        var consent = Sample.Consent(Now, "tools:read");
        await GiveAsync(consent);

        (await FindAsync(consent with { Subject = Subject.User("u2") })).ShouldBeNull();
        (await FindAsync(consent with { Subject = new Subject(SubjectKind.Session, "u1") })).ShouldBeNull();
        (await FindAsync(consent with { ClientId = "client-2" })).ShouldBeNull();
        (await FindAsync(consent with { ClientId = "Client-1" })).ShouldBeNull();
        (await FindAsync(consent with { RedirectHost = "localhost" })).ShouldBeNull();
        (await FindAsync(consent with { Resource = consent.Resource + "/" })).ShouldBeNull();
        (await FindAsync(consent)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Scopes_are_added_to_those_approved_before_while_the_client_is_unchanged()
    {
        await GiveAsync(Sample.Consent(Now, "a", "b"));
        await GiveAsync(Sample.Consent(Now.AddMinutes(1), "b", "c"));

        (await FindAsync(Sample.Consent(Now))).ShouldBeRow(Sample.Consent(Now.AddMinutes(1), "a", "b", "c"));
    }

    [Fact]
    public async Task A_changed_client_inherits_no_scopes_from_what_was_approved_of_its_old_self()
    {
        await GiveAsync(Sample.Consent(Now, "a", "b"));
        var changed = Sample.Consent(Now.AddMinutes(1), "c") with { ClientFingerprint = Sample.Hash() };

        await GiveAsync(changed);

        (await FindAsync(changed)).ShouldBeRow(changed);
    }

    private async Task GiveAsync(Consent consent)
    {
        var request = Sample.Request(Now, AuthorizationPhase.Consent);
        await Db.AuthorizationRequests.AddAsync(request, default);
        (await Db.AuthorizationRequests.ConsentAsync(request.Id, consent, null, Now, default)).ShouldBe(AuthorizationTransitionOutcome.Moved);
    }

    private Task<Consent?> FindAsync(Consent consent) =>
        Db.Consents.FindAsync(consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource, default);
}
