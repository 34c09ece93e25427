using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Authorization.Connect;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class ConnectLinkStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_link_is_found_as_it_was_stored_until_it_expires()
    {
        var link = Sample.Link(Now) with { ClientId = Hostile, Resource = Hostile, Providers = [Hostile, "b"] };
        await Db.ConnectLinks.AddAsync(link, Now, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, link.ExpiresAt.AddMilliseconds(-1), default)).ShouldBeRow(link);
        (await Db.ConnectLinks.FindAsync(link.IdHash, link.ExpiresAt, default)).ShouldBeNull();
        (await Db.ConnectLinks.FindAsync(Sample.Hash(), Now, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_link_for_everybody_has_no_session()
    {
        var link = Sample.Link(Now) with { Purpose = AuthorizationPurpose.ConnectShared, Subject = null, Session = null, ClientId = "", Resource = "" };
        await Db.ConnectLinks.AddAsync(link, Now, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeRow(link);
    }

    [Fact]
    public async Task The_same_link_may_be_stored_by_many_at_once_and_the_first_counts()
    {
        var link = Sample.Link(Now);

        await RaceAsync(16, () => Db.ConnectLinks.AddAsync(Sample.Link(Now), Now, default), async i =>
        {
            await Db.ConnectLinks.AddAsync(link, Now, default);
            return true;
        });
        await Db.ConnectLinks.AddAsync(link with { ClientId = "other" }, Now, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeRow(link);
    }

    [Fact]
    public async Task What_has_expired_is_forgotten_with_the_next_one()
    {
        var link = Sample.Link(Now);
        await Db.ConnectLinks.AddAsync(link, Now, default);

        await Db.ConnectLinks.AddAsync(Sample.Link(Now.AddMinutes(10)), link.ExpiresAt, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeNull("the row is gone, whatever the clock of the caller says");
    }

    [Fact]
    public async Task A_link_that_no_session_asked_for_is_read_back_as_such()
    {
        var link = Sample.Link(Now) with { Subject = new Subject(SubjectKind.VirtualKey, Hostile), Session = null, ClientId = "" };

        (await Db.ConnectLinks.AddAsync(link, Now, default)).ShouldBeTrue();

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeRow(link);
    }

    [Fact]
    public async Task The_approval_uses_the_link_up_and_the_same_link_does_not_come_back()
    {
        var link = await LinkAsync();
        var (first, second) = (await RequestAsync(link.IdHash), await RequestAsync(link.IdHash));

        (await ConsentAsync(first)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeNull();
        (await Db.ConnectLinks.AddAsync(link, Now, default)).ShouldBeFalse();
        (await ConsentAsync(first)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await ConsentAsync(second)).ShouldBe(AuthorizationTransitionOutcome.LinkUsed);
        (await Db.AuthorizationRequests.FindAsync(second.Id, default)).ShouldNotBeNull().Phase.ShouldBe(AuthorizationPhase.Consent);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ConnectionApproved]);
    }

    [Fact]
    public async Task An_approval_without_its_link_or_after_its_time_counts_nothing_and_one_that_names_none_needs_none()
    {
        var link = await LinkAsync();
        var (late, lost, free) = (await RequestAsync(link.IdHash), await RequestAsync(Sample.Hash()), await RequestAsync(null));

        (await ConsentAsync(late, link.ExpiresAt.AddMilliseconds(-1))).ShouldBe(AuthorizationTransitionOutcome.Moved);
        var again = await LinkAsync();
        (await ConsentAsync(await RequestAsync(again.IdHash), again.ExpiresAt)).ShouldBe(AuthorizationTransitionOutcome.LinkUsed);
        (await ConsentAsync(lost)).ShouldBe(AuthorizationTransitionOutcome.LinkUsed);
        (await ConsentAsync(free)).ShouldBe(AuthorizationTransitionOutcome.Moved);
    }

    [Fact]
    public async Task Of_many_approvals_of_one_link_at_once_one_counts()
    {
        var (warm, link) = (await LinkAsync(), await LinkAsync());
        var requests = new List<AuthorizationRequest>();
        for (var i = 0; i < 16; i++)
        {
            requests.Add(await RequestAsync(link.IdHash));
        }

        var outcomes = await RaceAsync(16, async () => await ConsentAsync(await RequestAsync(warm.IdHash)), i => ConsentAsync(requests[i]));

        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.Moved).ShouldBe(1);
        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.LinkUsed).ShouldBe(15);
    }

    private async Task<ConnectLink> LinkAsync()
    {
        var link = Sample.Link(Now);
        await Db.ConnectLinks.AddAsync(link, Now, default);
        return link;
    }

    private async Task<AuthorizationRequest> RequestAsync(byte[]? link)
    {
        var request = Sample.Request(Now, AuthorizationPhase.Consent) with { Purpose = AuthorizationPurpose.ConnectSubject, ConnectLinkHash = link, ExpiresAt = Now.AddMinutes(20) };
        await Db.AuthorizationRequests.AddAsync(request, default);
        return request;
    }

    private Task<AuthorizationTransitionOutcome> ConsentAsync(AuthorizationRequest request, DateTimeOffset? at = null) =>
        Db.AuthorizationRequests.ConsentAsync(request.Id, consent: null, Sample.Audit(Now, AuditActions.ConnectionApproved), at ?? Now, default);
}
