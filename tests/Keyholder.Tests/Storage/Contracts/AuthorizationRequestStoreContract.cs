using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class AuthorizationRequestStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_request_comes_back_as_it_was_stored()
    {
        var request = Sample.Request(Now, AuthorizationPhase.Consent) with
        {
            Id = Hostile,
            RedirectUri = Hostile,
            State = Hostile,
            Scopes = [],
            Subject = new Subject(SubjectKind.VirtualKey, Hostile),
            RedirectUriWasSent = false,
        };
        await Db.AuthorizationRequests.AddAsync(request, default);

        (await Db.AuthorizationRequests.FindAsync(Hostile, default)).ShouldBeRow(request);
        (await Db.AuthorizationRequests.FindAsync("other", default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_expired_request_is_returned()
    {
        var request = Sample.Request(Now) with { State = null, Prompt = null, ExpiresAt = Now.AddDays(-1) };
        await Db.AuthorizationRequests.AddAsync(request, default);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(request);
    }

    [Fact]
    public async Task Signing_in_sets_the_subject_and_leads_to_consent()
    {
        var request = await AddAsync(AuthorizationPhase.SignIn);
        var subject = Subject.User("u9");

        (await SignInAsync(request, subject)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(
            request with { Phase = AuthorizationPhase.Consent, Subject = subject, AuthenticatedAt = Now.AddMilliseconds(1) });
    }

    [Fact]
    public async Task A_second_sign_in_cannot_replace_the_subject()
    {
        var request = await AddAsync(AuthorizationPhase.SignIn);
        await SignInAsync(request, Subject.User("u1"));

        (await SignInAsync(request, Subject.User("mallory"))).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default))!.Subject.ShouldBe(Subject.User("u1"));
    }

    [Fact]
    public async Task Consenting_leads_to_the_upstream_legs_and_remembers_the_approval_and_audits_it()
    {
        var request = await AddAsync(AuthorizationPhase.Consent);
        var consent = Sample.Consent(Now, "tools:read");

        (await ConsentAsync(request, consent)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(request with { Phase = AuthorizationPhase.Upstream });
        (await FindAsync(consent)).ShouldBeRow(consent);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ConsentGranted]);
    }

    [Fact]
    public async Task Consenting_with_a_remembered_approval_writes_neither_consent_nor_audit()
    {
        var request = await AddAsync(AuthorizationPhase.Consent);

        (await Db.AuthorizationRequests.ConsentAsync(request.Id, null, null, Now, default)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await FindAsync(Sample.Consent(Now))).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_concurrent_consents_one_wins_and_only_its_approval_is_remembered()
    {
        var warm = await AddAsync(AuthorizationPhase.Consent);
        var request = await AddAsync(AuthorizationPhase.Consent);

        var outcomes = await RaceAsync(
            32,
            () => Db.AuthorizationRequests.ConsentAsync(warm.Id, null, null, Now, default),
            i => ConsentAsync(request, Sample.Consent(Now, "scope-" + i)));

        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.Moved).ShouldBe(1);
        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.WrongPhase).ShouldBe(31);
        var winner = outcomes.ToList().IndexOf(AuthorizationTransitionOutcome.Moved);
        (await FindAsync(Sample.Consent(Now)))!.Scopes.ShouldBe(["scope-" + winner]);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ConsentGranted]);
    }

    [Fact]
    public async Task Completing_inserts_the_session_and_its_audit_event()
    {
        var request = await AddAsync(AuthorizationPhase.Upstream);
        var session = Sample.Session(Now) with { Id = request.SessionId };

        (await CompleteAsync(request, session)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default))!.Phase.ShouldBe(AuthorizationPhase.Completed);
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeRow(session);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.SessionCreated]);
    }

    [Fact]
    public async Task Of_concurrent_completions_one_makes_its_session()
    {
        var warm = await AddAsync(AuthorizationPhase.Upstream);
        var request = await AddAsync(AuthorizationPhase.Upstream);
        var sessions = Enumerable.Range(0, 32).Select(_ => Sample.Session(Now)).ToList();

        var outcomes = await RaceAsync(32, () => CompleteAsync(warm, Sample.Session(Now)), i => CompleteAsync(request, sessions[i]));

        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.Moved).ShouldBe(1);
        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.WrongPhase).ShouldBe(31);
        for (var i = 0; i < sessions.Count; i++)
        {
            (await Db.Sessions.FindAsync(sessions[i].Id, default) is not null).ShouldBe(outcomes[i] == AuthorizationTransitionOutcome.Moved);
        }
    }

    [Fact]
    public async Task A_completion_whose_session_cannot_be_stored_leaves_the_request_as_it_was()
    {
        var taken = await AddSessionAsync(Sample.Session(Now));
        var request = await AddAsync(AuthorizationPhase.Upstream);

        await Should.ThrowAsync<Exception>(() => CompleteAsync(request, Sample.Session(Now) with { Id = taken.Id }));

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(request);
        (await Db.Sessions.FindAsync(taken.Id, default)).ShouldBeRow(taken);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.SessionCreated]);
    }

    [Theory]
    [InlineData(AuthorizationPhase.SignIn)]
    [InlineData(AuthorizationPhase.Consent)]
    [InlineData(AuthorizationPhase.Upstream)]
    public async Task Any_unfinished_request_can_fail_once(AuthorizationPhase phase)
    {
        var request = await AddAsync(phase);

        (await FailAsync(request)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        (await FailAsync(request)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default))!.Phase.ShouldBe(AuthorizationPhase.Failed);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ConsentDenied]);
    }

    [Theory]
    [InlineData(AuthorizationPhase.SignIn)]
    [InlineData(AuthorizationPhase.Consent)]
    [InlineData(AuthorizationPhase.Upstream)]
    [InlineData(AuthorizationPhase.Completed)]
    [InlineData(AuthorizationPhase.Failed)]
    public async Task A_step_out_of_its_phase_changes_nothing(AuthorizationPhase phase)
    {
        var request = await AddAsync(phase);
        var outcomes = new List<AuthorizationTransitionOutcome>();

        if (phase != AuthorizationPhase.SignIn)
        {
            outcomes.Add(await SignInAsync(request, Subject.User("u9")));
        }

        if (phase != AuthorizationPhase.Consent)
        {
            outcomes.Add(await ConsentAsync(request, Sample.Consent(Now, "tools:read")));
        }

        if (phase != AuthorizationPhase.Upstream)
        {
            outcomes.Add(await CompleteAsync(request, Sample.Session(Now) with { Id = request.SessionId }));
        }

        if (phase is AuthorizationPhase.Completed or AuthorizationPhase.Failed)
        {
            outcomes.Add(await FailAsync(request));
        }

        outcomes.ShouldAllBe(outcome => outcome == AuthorizationTransitionOutcome.WrongPhase);
        await ShouldBeUntouchedAsync(request);
    }

    [Fact]
    public async Task Every_step_is_refused_from_the_moment_the_request_expires()
    {
        foreach (var phase in new[] { AuthorizationPhase.SignIn, AuthorizationPhase.Consent, AuthorizationPhase.Upstream })
        {
            var request = await AddAsync(phase);
            var end = request.ExpiresAt;

            (await Db.AuthorizationRequests.SignInAsync(request.Id, Subject.User("u1"), end, end, default)).ShouldBe(AuthorizationTransitionOutcome.Expired);
            (await Db.AuthorizationRequests.ConsentAsync(request.Id, Sample.Consent(Now, "a"), Sample.Audit(Now, "a"), end, default)).ShouldBe(AuthorizationTransitionOutcome.Expired);
            (await Db.AuthorizationRequests.CompleteAsync(request.Id, Sample.Session(Now) with { Id = request.SessionId }, Sample.Audit(Now, "a"), end, default)).ShouldBe(AuthorizationTransitionOutcome.Expired);
            (await Db.AuthorizationRequests.FailAsync(request.Id, Sample.Audit(Now, "a"), end, default)).ShouldBe(AuthorizationTransitionOutcome.Expired);

            await ShouldBeUntouchedAsync(request);
        }
    }

    [Fact]
    public async Task Every_step_of_an_unknown_request_is_not_found()
    {
        var request = Sample.Request(Now);

        (await SignInAsync(request, Subject.User("u1"))).ShouldBe(AuthorizationTransitionOutcome.NotFound);
        (await ConsentAsync(request, Sample.Consent(Now, "a"))).ShouldBe(AuthorizationTransitionOutcome.NotFound);
        (await CompleteAsync(request, Sample.Session(Now))).ShouldBe(AuthorizationTransitionOutcome.NotFound);
        (await FailAsync(request)).ShouldBe(AuthorizationTransitionOutcome.NotFound);
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }

    private async Task<AuthorizationRequest> AddAsync(AuthorizationPhase phase)
    {
        var request = Sample.Request(Now, phase);
        await Db.AuthorizationRequests.AddAsync(request, default);
        return request;
    }

    private Task<AuthorizationTransitionOutcome> SignInAsync(AuthorizationRequest request, Subject subject) =>
        Db.AuthorizationRequests.SignInAsync(request.Id, subject, Now.AddMilliseconds(1), Now, default);

    private Task<AuthorizationTransitionOutcome> ConsentAsync(AuthorizationRequest request, Consent consent) =>
        Db.AuthorizationRequests.ConsentAsync(request.Id, consent, Sample.Audit(Now, AuditActions.ConsentGranted), Now, default);

    private Task<AuthorizationTransitionOutcome> CompleteAsync(AuthorizationRequest request, Session session) =>
        Db.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(Now, AuditActions.SessionCreated), Now, default);

    private Task<AuthorizationTransitionOutcome> FailAsync(AuthorizationRequest request) =>
        Db.AuthorizationRequests.FailAsync(request.Id, Sample.Audit(Now, AuditActions.ConsentDenied), Now, default);

    private Task<Consent?> FindAsync(Consent consent) =>
        Db.Consents.FindAsync(consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource, default);

    private async Task ShouldBeUntouchedAsync(AuthorizationRequest request)
    {
        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(request);
        (await Db.Sessions.FindAsync(request.SessionId, default)).ShouldBeNull();
        (await FindAsync(Sample.Consent(Now))).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }
}
