using Keyholder.Maintenance;
using Keyholder.Storage;

namespace Keyholder.Tests.Maintenance;

public sealed class SweepScheduleTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Sweep _often = new("often", TimeSpan.FromMinutes(10), [new(SweepTarget.AuthorizationRequests, TimeSpan.FromHours(1))]);
    private readonly Sweep _seldom = new("seldom", TimeSpan.FromHours(1), [new(SweepTarget.RevokedSessions, TimeSpan.FromDays(30))]);

    [Fact]
    public void What_never_ran_is_due_at_once_in_the_order_of_the_plan() =>
        new SweepSchedule([_seldom, _often]).Due(Now).ShouldBe([_seldom, _often]);

    [Fact]
    public void A_sweep_is_due_again_exactly_when_its_interval_is_over()
    {
        var schedule = new SweepSchedule([_often]);
        schedule.Ran(_often, Now);

        schedule.Due(Now.AddMinutes(10).AddTicks(-1)).ShouldBeEmpty();
        schedule.Due(Now.AddMinutes(10)).ShouldBe([_often]);
    }

    [Fact]
    public void One_sweep_does_not_wait_for_another()
    {
        var schedule = new SweepSchedule([_seldom, _often]);
        schedule.Ran(_often, Now);

        schedule.Due(Now).ShouldBe([_seldom]);
        schedule.Ran(_seldom, Now);
        schedule.Due(Now.AddMinutes(10)).ShouldBe([_often]);
    }

    [Fact]
    public void A_clock_that_was_set_back_delays_nothing()
    {
        var schedule = new SweepSchedule([_seldom]);
        schedule.Ran(_seldom, Now.AddYears(1));

        schedule.Due(Now).ShouldBe([_seldom]);
    }
}
