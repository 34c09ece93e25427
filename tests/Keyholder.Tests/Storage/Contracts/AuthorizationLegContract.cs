using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>The legs of an authorization request: decided once, and walked one at a time.</summary>
public abstract class AuthorizationLegContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly AuthorizationLeg First = new("github", Required: true);
    private static readonly AuthorizationLeg Second = new("linear", Required: false);

    [Fact]
    public async Task A_request_is_read_back_with_its_purpose_and_legs()
    {
        var request = Sample.Request(Now) with
        {
            Purpose = AuthorizationPurpose.ConnectSubject,
            ConnectedSession = SessionId.Create(),
            ConnectedKey = Hostile,
            ConnectLinkHash = Sample.Hash(),
            Legs = [First with { State = LegState.Connected, Subject = Hostile }, Second with { State = LegState.Skipped }, new(Hostile, Required: true)],
        };
        await Db.AuthorizationRequests.AddAsync(request, default);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(request);
        (await Db.AuthorizationRequests.FindBySessionAsync(request.SessionId, default)).ShouldBeRow(request);
        (await Db.AuthorizationRequests.FindBySessionAsync(request.ConnectedSession.Value, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Legs_are_planned_once()
    {
        var request = await AddAsync();

        (await PlanAsync(request, First, Second)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        (await PlanAsync(request, Second)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);

        (await FindAsync(request)).ShouldBeRow(request with { Legs = [First, Second] });
    }

    [Fact]
    public async Task Of_many_plans_at_once_one_counts()
    {
        var (warm, request) = (await AddAsync(), await AddAsync());

        var outcomes = await RaceAsync(32, () => PlanAsync(warm, First), i => PlanAsync(request, new AuthorizationLeg("provider-" + i, Required: true)));

        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.Moved).ShouldBe(1);
        var winner = outcomes.ToList().IndexOf(AuthorizationTransitionOutcome.Moved);
        (await FindAsync(request)).Legs.ShouldBe([new("provider-" + winner, Required: true)]);
    }

    [Fact]
    public async Task Legs_come_one_after_the_other_and_each_once()
    {
        var request = await AddAsync();
        await PlanAsync(request, First, Second);

        (await AdvanceAsync(request, Second with { State = LegState.Connected })).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await AdvanceAsync(request, First with { State = LegState.Pending })).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await AdvanceAsync(request, First with { State = LegState.Connected, Subject = "account" })).ShouldBe(AuthorizationTransitionOutcome.Moved);
        (await AdvanceAsync(request, First with { State = LegState.Connected, Subject = "other" })).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await AdvanceAsync(request, Second with { State = LegState.Skipped })).ShouldBe(AuthorizationTransitionOutcome.Moved);
        (await AdvanceAsync(request, Second with { State = LegState.Connected })).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);

        (await FindAsync(request)).Legs.ShouldBe([First with { State = LegState.Connected, Subject = "account" }, Second with { State = LegState.Skipped }]);
    }

    [Fact]
    public async Task Of_many_answers_of_one_leg_at_once_one_counts()
    {
        var (warm, request) = (await AddAsync(), await AddAsync());
        await PlanAsync(warm, First);
        await PlanAsync(request, First, Second);

        var outcomes = await RaceAsync(
            32,
            () => AdvanceAsync(warm, First with { State = LegState.Connected }),
            i => AdvanceAsync(request, First with { State = LegState.Connected, Subject = "account-" + i }));

        outcomes.Count(outcome => outcome == AuthorizationTransitionOutcome.Moved).ShouldBe(1);
        var winner = outcomes.ToList().IndexOf(AuthorizationTransitionOutcome.Moved);
        (await FindAsync(request)).Legs.ShouldBe([First with { State = LegState.Connected, Subject = "account-" + winner }, Second]);
    }

    [Fact]
    public async Task Legs_move_in_their_phase_and_time_only()
    {
        var (consent, failed, late) = (await AddAsync(AuthorizationPhase.Consent), await AddAsync(), await AddAsync());
        await PlanAsync(failed, First);
        await Db.AuthorizationRequests.FailAsync(failed.Id, null, Now, default);
        await PlanAsync(late, First);
        var connected = First with { State = LegState.Connected };

        (await PlanAsync(consent, First)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await AdvanceAsync(consent, connected)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await AdvanceAsync(failed, connected)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await Db.AuthorizationRequests.AdvanceAsync(late.Id, connected, late.ExpiresAt, default)).ShouldBe(AuthorizationTransitionOutcome.Expired);
        (await AdvanceAsync(Sample.Request(Now), connected)).ShouldBe(AuthorizationTransitionOutcome.NotFound);
        (await PlanAsync(Sample.Request(Now), First)).ShouldBe(AuthorizationTransitionOutcome.NotFound);
    }

    [Fact]
    public async Task A_request_that_connects_completes_without_a_session()
    {
        var request = await AddAsync();

        (await Db.AuthorizationRequests.CompleteAsync(request.Id, session: null, Sample.Audit(Now, AuditActions.ConnectionCompleted), Now, default)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await FindAsync(request)).Phase.ShouldBe(AuthorizationPhase.Completed);
        (await Db.Sessions.FindAsync(request.SessionId, default)).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ConnectionCompleted]);
    }

    private async Task<AuthorizationRequest> AddAsync(AuthorizationPhase phase = AuthorizationPhase.Upstream)
    {
        var request = Sample.Request(Now, phase);
        await Db.AuthorizationRequests.AddAsync(request, default);
        return request;
    }

    private async Task<AuthorizationRequest> FindAsync(AuthorizationRequest request) => (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldNotBeNull();

    private Task<AuthorizationTransitionOutcome> PlanAsync(AuthorizationRequest request, params AuthorizationLeg[] legs) =>
        Db.AuthorizationRequests.PlanAsync(request.Id, legs, Now, default);

    private Task<AuthorizationTransitionOutcome> AdvanceAsync(AuthorizationRequest request, AuthorizationLeg leg) =>
        Db.AuthorizationRequests.AdvanceAsync(request.Id, leg, Now, default);
}
