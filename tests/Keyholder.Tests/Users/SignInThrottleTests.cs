using System.Net;
using Keyholder.Authorization;
using Keyholder.Tests.Testing;
using Keyholder.Users;

namespace Keyholder.Tests.Users;

public sealed class SignInThrottleTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");
    private readonly ManualTimeProvider _time = new();

    private SignInThrottle Throttle(int perAddress = 3, int perName = 1000) =>
        new(new AuthorizationOptions { FailedSignInsPerAddressPerMinute = perAddress, FailedSignInsPerNamePerMinute = perName }, _time);

    [Fact]
    public void An_address_is_stopped_after_its_failures_whatever_the_names()
    {
        var throttle = Throttle();
        Enumerable.Range(0, 4).Select(i => throttle.TryBegin(Home, "user" + i)).ShouldBe([true, true, true, false]);
        _time.Advance(TimeSpan.FromMinutes(1));
        throttle.TryBegin(Home, "user").ShouldBeTrue();
    }

    [Fact]
    public void A_name_is_stopped_after_its_failures_wherever_they_come_from()
    {
        var throttle = Throttle(perAddress: 1000, perName: 3);
        Enumerable.Range(1, 4).Select(i => throttle.TryBegin(IPAddress.Parse("198.51.100." + i), "person1")).ShouldBe([true, true, true, false]);
    }

    [Fact]
    public void No_single_address_can_keep_a_person_out_by_failing_in_her_name()
    {
        var throttle = new SignInThrottle(new AuthorizationOptions(), _time);
        for (var i = 0; i < 1000; i++)
        {
            throttle.TryBegin(IPAddress.Parse("203.0.113.66"), "person1");
        }

        throttle.TryBegin(Home, "person1").ShouldBeTrue();
    }

    [Fact]
    public void Successes_do_not_count()
    {
        var throttle = Throttle();
        for (var i = 0; i < 20; i++)
        {
            throttle.TryBegin(Home, "person1").ShouldBeTrue();
            throttle.Forgive(Home, "person1");
        }
    }

    [Fact]
    public void An_attempt_the_name_stops_does_not_use_up_the_address()
    {
        var throttle = Throttle(perAddress: 2, perName: 1);
        throttle.TryBegin(Home, "person1").ShouldBeTrue();
        throttle.TryBegin(Home, "person1").ShouldBeFalse();
        throttle.TryBegin(Home, "person2").ShouldBeTrue();
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7")]
    public void Addresses_one_host_can_choose_between_count_as_one(string first, string second)
    {
        var throttle = Throttle(perAddress: 1);
        throttle.TryBegin(IPAddress.Parse(first), "a").ShouldBeTrue();
        throttle.TryBegin(IPAddress.Parse(second), "b").ShouldBeFalse();
    }

    [Fact]
    public async Task Attempts_at_once_do_not_slip_through()
    {
        var throttle = Throttle(perAddress: 10);
        var allowed = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => throttle.TryBegin(Home, "user" + i))));
        allowed.Count(a => a).ShouldBe(10);
    }
}
