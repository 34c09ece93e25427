using Keyholder.Bench.Chaos.History;

namespace Keyholder.Tests.Bench.Chaos;

public sealed class HistoryJudgeTests
{
    private static readonly Promises Promises = new(RetryWindow: TimeSpan.FromSeconds(30), AccessTokenLifetime: TimeSpan.FromSeconds(600), Propagation: TimeSpan.FromSeconds(3));

    [Fact]
    public void A_client_that_refreshes_and_calls_without_trouble_is_a_clean_history() =>
        Judge(Refresh(1, 1, 2), Call(2, 2), Refresh(3, 2, 3), Call(4, 3), Call(5, 2)).ShouldBe(new HistoryVerdict(null, null, null));

    [Fact]
    public void A_lost_answer_that_is_given_again_is_clean() =>
        Judge(Unanswered(1, 1), Unanswered(2, 1), Refresh(3, 1, 2), Refresh(4, 1, 2), Refresh(5, 2, 3)).IsClean.ShouldBeTrue();

    [Fact]
    public void A_refusal_that_nothing_explains_is_a_loss()
    {
        Judge(Refresh(1, 1, 2), RefusedRefresh(2, 2)).Lost.ShouldNotBeNull();
        Judge(Refresh(1, 1, 2), RefusedCall(2, 2)).Lost.ShouldNotBeNull();
        Judge(Unanswered(1, 1), RefusedRefresh(2, 1)).Lost.ShouldNotBeNull();
        Judge(Refresh(1, 1, 2), Unanswered(2, 1), RefusedRefresh(30.9, 1)).Lost.ShouldNotBeNull();
    }

    [Fact]
    public void A_late_request_of_a_client_that_hung_up_is_no_excuse_for_ending_its_session() =>
        Judge(Unanswered(1, 1), Refresh(2, 1, 2), Refresh(3, 2, 3), RefusedRefresh(4, 3)).Lost.ShouldNotBeNull();

    [Fact]
    public void Whoever_revokes_or_replays_or_asks_again_too_late_ends_the_session()
    {
        Judge(Refresh(1, 1, 2), Revoke(2), RefusedRefresh(3, 2)).IsClean.ShouldBeTrue();
        Judge(Refresh(1, 1, 2), Unsure(Revoke(2)), RefusedRefresh(3, 2)).IsClean.ShouldBeTrue();
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), RefusedRefresh(3, 1), RefusedRefresh(4, 3)).IsClean.ShouldBeTrue();
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), Unanswered(3, 1), RefusedRefresh(4, 3)).IsClean.ShouldBeTrue();
        Judge(Unanswered(1, 1), RefusedRefresh(31, 1), RefusedRefresh(32, 1)).IsClean.ShouldBeTrue();
    }

    [Fact]
    public void Presenting_a_token_while_its_successor_is_being_used_is_the_clients_own_fault() =>
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), RefusedRefresh(1.5, 1) with { Ended = TimeSpan.FromSeconds(2.5) }, RefusedRefresh(3, 3)).IsClean.ShouldBeTrue();

    [Fact]
    public void A_refusal_before_the_cause_began_is_a_loss() =>
        Judge(Refresh(1, 1, 2), RefusedRefresh(2, 2), Revoke(3)).Lost.ShouldNotBeNull();

    [Fact]
    public void An_expired_access_token_may_be_refused_and_a_younger_one_may_not()
    {
        Judge(Refresh(1, 1, 2), RefusedCall(601, 2)).IsClean.ShouldBeTrue();
        Judge(Refresh(1, 1, 2), RefusedCall(600, 2)).Lost.ShouldNotBeNull();
    }

    [Fact]
    public void After_the_last_fault_a_refresh_and_a_call_at_every_node_have_to_be_answered()
    {
        Judge(quietSince: 5, Refresh(1, 1, 2), Unanswered(6, 2), Unanswered(7, 2)).Lost.ShouldNotBeNull();
        Judge(quietSince: 5, Refresh(6, 1, 2), Unsure(Call(7, 2, node: 1))).Lost.ShouldNotBeNull();
        Judge(quietSince: 5, Refresh(6, 1, 2), Unsure(Call(7, 2, node: 1)), Call(8, 2, node: 1), Call(9, 2)).IsClean.ShouldBeTrue();
        Judge(quietSince: 5, Refresh(1, 1, 2), Revoke(2), RefusedRefresh(6, 2)).IsClean.ShouldBeTrue();
    }

    [Fact]
    public void One_token_with_two_successors_is_a_fork() =>
        Judge(Refresh(1, 1, 2), Refresh(2, 1, 3)).Forked.ShouldNotBeNull();

    [Fact]
    public void A_token_that_is_accepted_after_its_successor_was_used_is_a_fork() =>
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), Refresh(3, 1, 2)).Forked.ShouldNotBeNull();

    [Fact]
    public void Two_programs_that_get_the_same_successor_at_once_are_no_fork() =>
        Judge(Refresh(1, 1, 2), Refresh(1, 1, 2, node: 1), Refresh(2, 2, 3)).IsClean.ShouldBeTrue();

    [Fact]
    public void A_refresh_after_an_acknowledged_revocation_is_never_right()
    {
        Judge(Refresh(1, 1, 2), Revoke(2, node: 0), Refresh(2.1, 2, 3, node: 1)).UsableAfterRevocation.ShouldNotBeNull();
        Judge(Refresh(1, 1, 2), Unsure(Revoke(2, node: 0)), Refresh(2.1, 2, 3, node: 1)).IsClean.ShouldBeTrue();
    }

    [Fact]
    public void A_call_after_an_acknowledged_revocation_is_wrong_at_once_at_the_node_that_acknowledged_and_after_the_bound_at_others()
    {
        Judge(Refresh(1, 1, 2), Revoke(2, node: 0), Call(2.1, 2, node: 0)).UsableAfterRevocation.ShouldNotBeNull();
        Judge(Refresh(1, 1, 2), Revoke(2, node: 0), Call(5.1, 2, node: 1)).UsableAfterRevocation.ShouldNotBeNull();

        var inTime = Judge(Refresh(1, 1, 2), Revoke(2, node: 0), Call(2.05, 2, node: 1), Call(4.95, 2, node: 1));
        inTime.IsClean.ShouldBeTrue();
        inTime.LatestUse.ShouldBe(TimeSpan.FromSeconds(2.94), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_call_that_was_under_way_when_the_revocation_was_acknowledged_may_succeed() =>
        Judge(Refresh(1, 1, 2), Call(1.99, 2) with { Ended = TimeSpan.FromSeconds(9) }, Revoke(1.5) with { Ended = TimeSpan.FromSeconds(2) }).IsClean.ShouldBeTrue();

    [Fact]
    public void A_refused_replay_is_an_acknowledgement_too()
    {
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), RefusedRefresh(3, 1, node: 0), Call(3.1, 3, node: 0)).UsableAfterRevocation.ShouldNotBeNull();
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), RefusedRefresh(3, 1, node: 0), Refresh(3.1, 3, 4, node: 1)).UsableAfterRevocation.ShouldNotBeNull();
        Judge(Refresh(1, 1, 2), Refresh(2, 2, 3), RefusedRefresh(3, 1, node: 0), Call(3.1, 3, node: 1)).IsClean.ShouldBeTrue();
    }

    [Fact]
    public void A_replay_that_another_node_may_have_punished_first_binds_the_refusing_node_only_after_the_bound()
    {
        var before = new[] { Refresh(1, 1, 2), Refresh(2, 2, 3), Unanswered(3, 1, node: 1), RefusedRefresh(3.1, 1, node: 0) };

        Judge([.. before, Call(3.2, 3, node: 0)]).IsClean.ShouldBeTrue();
        Judge([.. before, Call(6.2, 3, node: 0)]).UsableAfterRevocation.ShouldNotBeNull();
    }

    private static HistoryVerdict Judge(params Observation[] observations) => HistoryJudge.Judge(new SessionHistory(observations), Promises);

    private static HistoryVerdict Judge(double quietSince, params Observation[] observations) =>
        HistoryJudge.Judge(new SessionHistory(observations, TimeSpan.FromSeconds(quietSince)), Promises);

    // Each takes 10 ms, and an access token has the number of the refresh token it came with.
    private static Observation Refresh(double at, int token, int successor, int node = 0) =>
        Observed(RequestKind.Refresh, at, token, node, AnswerKind.Granted) with { RefreshToken = successor, AccessToken = successor };

    private static Observation RefusedRefresh(double at, int token, int node = 0) => Observed(RequestKind.Refresh, at, token, node, AnswerKind.Refused);

    private static Observation Unanswered(double at, int token, int node = 0) => Observed(RequestKind.Refresh, at, token, node, AnswerKind.None);

    private static Observation Call(double at, int token, int node = 0) => Observed(RequestKind.Call, at, token, node, AnswerKind.Granted);

    private static Observation RefusedCall(double at, int token) => Observed(RequestKind.Call, at, token, 0, AnswerKind.Refused);

    private static Observation Revoke(double at, int node = 0) => Observed(RequestKind.Revoke, at, 1, node, AnswerKind.Granted);

    private static Observation Unsure(Observation observation) => observation with { Answer = AnswerKind.None };

    private static Observation Observed(RequestKind request, double at, int token, int node, AnswerKind answer) =>
        new(request, token, node, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(at + 0.01), answer);
}
