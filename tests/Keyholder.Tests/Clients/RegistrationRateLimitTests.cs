using System.Net;
using Keyholder.Clients;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Clients;

public sealed class RegistrationRateLimitTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RegistrationRateLimit _limit;

    public RegistrationRateLimitTests() => _limit = new RegistrationRateLimit(new ClientRegistrationOptions { PerAddressPerMinute = 3 }, _time);

    [Fact]
    public void An_address_may_register_so_often_a_minute_and_is_told_how_long_to_wait()
    {
        Admitted("203.0.113.7").ShouldBe(3);

        _time.Advance(TimeSpan.FromSeconds(20));
        _limit.Admit(IPAddress.Parse("203.0.113.7")).ShouldBe(TimeSpan.FromSeconds(40));
        Admitted("203.0.113.8").ShouldBe(3);

        _time.Advance(TimeSpan.FromSeconds(40));
        Admitted("203.0.113.7").ShouldBe(3);
    }

    [Fact]
    public void One_host_with_a_whole_ipv6_subnet_is_one_address()
    {
        Admitted("2001:db8:0:1::1").ShouldBe(3);
        Admitted("2001:db8:0:1:ffff::2").ShouldBe(0);
        Admitted("2001:db8:0:2::1").ShouldBe(3);
    }

    [Fact]
    public void An_ipv4_address_is_the_same_when_it_comes_mapped_and_another_one_is_not()
    {
        Admitted("203.0.113.7").ShouldBe(3);
        Admitted("::ffff:203.0.113.7").ShouldBe(0);
        Admitted("::ffff:203.0.113.8").ShouldBe(3);
    }

    [Fact]
    public void Callers_without_an_address_share_one() =>
        Enumerable.Range(0, 10).Count(_ => _limit.Admit(null) is null).ShouldBe(3);

    [Fact]
    public void More_addresses_than_a_window_can_hold_wait_and_those_it_knows_go_on()
    {
        for (var i = 0; i < RegistrationRateLimit.MaxAddresses; i++)
        {
            _limit.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i])).ShouldBeNull();
        }

        _limit.Admit(IPAddress.Parse("203.0.113.7")).ShouldNotBeNull();
        _limit.Admit(IPAddress.Parse("10.0.0.0")).ShouldBeNull();
        _time.Advance(TimeSpan.FromMinutes(1));
        _limit.Admit(IPAddress.Parse("203.0.113.7")).ShouldBeNull();
    }

    [Fact]
    public void Callers_at_once_get_no_more_than_the_limit()
    {
        var admitted = 0;
        Parallel.For(0, 64, _ =>
        {
            if (_limit.Admit(IPAddress.Loopback) is null)
            {
                Interlocked.Increment(ref admitted);
            }
        });

        admitted.ShouldBe(3);
    }

    private int Admitted(string address) => Enumerable.Range(0, 10).Count(_ => _limit.Admit(IPAddress.Parse(address)) is null);
}
