using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class LeaseStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset Expiry = Now.AddMinutes(1);

    [Fact]
    public async Task A_free_lease_is_taken_and_a_held_one_is_not_even_by_its_holder()
    {
        var lease = await AcquireAsync(Hostile);

        lease.ShouldBe(new Lease("sweep", Hostile, 1, Expiry));
        (await AcquireAsync("other", Expiry.AddMilliseconds(-1))).ShouldBeNull();
        (await AcquireAsync(Hostile, Expiry.AddMilliseconds(-1))).ShouldBeNull();
        (await Db.Leases.RenewAsync(lease!, Expiry.AddMinutes(1), Now, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Leases_of_other_names_are_other_leases()
    {
        await AcquireAsync("one");

        (await Db.Leases.AcquireAsync("other", "two", Expiry, Now, default)).ShouldBe(new Lease("other", "two", 1, Expiry));
    }

    [Fact]
    public async Task At_its_expiry_a_lease_is_free_and_the_next_holder_gets_a_greater_number()
    {
        var first = (await AcquireAsync("one"))!;

        var second = await AcquireAsync("two", at: Expiry);

        second!.Fencing.ShouldBe(first.Fencing + 1);
        second.Holder.ShouldBe("two");
    }

    [Fact]
    public async Task A_renewed_lease_lasts_as_long_as_it_says_and_keeps_its_number()
    {
        var lease = (await AcquireAsync("one"))!;

        var renewed = await Db.Leases.RenewAsync(lease, Expiry.AddMinutes(1), Expiry.AddMilliseconds(-1), default);

        renewed.ShouldBe(lease with { ExpiresAt = Expiry.AddMinutes(1) });
        (await AcquireAsync("two", at: Expiry)).ShouldBeNull();
        (await AcquireAsync("two", at: Expiry.AddMinutes(1))).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lease_that_expired_cannot_be_renewed()
    {
        var lease = (await AcquireAsync("one"))!;

        (await Db.Leases.RenewAsync(lease, Expiry.AddMinutes(1), Expiry, default)).ShouldBeNull();

        (await AcquireAsync("two", at: Expiry)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_former_holder_can_neither_renew_nor_release_what_another_holds_even_under_the_same_name()
    {
        var former = (await AcquireAsync("one"))!;
        var current = (await AcquireAsync("one", at: Expiry))!;

        (await Db.Leases.RenewAsync(former, Expiry.AddMinutes(9), Expiry, default)).ShouldBeNull();
        await Db.Leases.ReleaseAsync(former, default);
        await Db.Leases.ReleaseAsync(current with { Holder = "two" }, default);

        (await AcquireAsync("two", at: Expiry)).ShouldBeNull();
        (await Db.Leases.RenewAsync(current, Expiry.AddMinutes(9), Expiry, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once_and_its_number_is_not_given_out_again()
    {
        var first = (await AcquireAsync("one"))!;

        await Db.Leases.ReleaseAsync(first, default);
        await Db.Leases.ReleaseAsync(first, default);

        (await Db.Leases.RenewAsync(first, Expiry.AddMinutes(1), Now, default)).ShouldBeNull();
        (await AcquireAsync("two"))!.Fencing.ShouldBe(first.Fencing + 1);
    }

    [Fact]
    public async Task A_lease_without_duration_is_refused()
    {
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Db.Leases.AcquireAsync("sweep", "one", Now, Now, default));
        var lease = (await AcquireAsync("one"))!;
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Db.Leases.RenewAsync(lease, Now, Now, default));
    }

    [Fact]
    public async Task Of_many_who_want_a_free_lease_one_gets_it()
    {
        var leases = await RaceAsync(32, WarmUpAsync, i => AcquireAsync($"node-{i}"));

        var winner = leases.OfType<Lease>().ShouldHaveSingleItem();
        winner.Fencing.ShouldBe(1);
        (await Db.Leases.RenewAsync(winner, Expiry.AddMinutes(1), Now, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Of_many_who_want_an_expired_lease_one_gets_it_and_its_former_holder_does_not_renew_it()
    {
        var former = (await AcquireAsync("former"))!;

        var leases = await RaceAsync(
            32, WarmUpAsync, i => i % 2 == 0 ? AcquireAsync($"node-{i}", Expiry) : Db.Leases.RenewAsync(former, Expiry.AddMinutes(1), Expiry, default));

        var winner = leases.OfType<Lease>().ShouldHaveSingleItem();
        winner.Fencing.ShouldBe(former.Fencing + 1);
        winner.Holder.ShouldNotBe(former.Holder);
    }

    private Task<Lease?> AcquireAsync(string holder, DateTimeOffset? at = null) =>
        Db.Leases.AcquireAsync("sweep", holder, (at ?? Now) == Now ? Expiry : at!.Value.AddMinutes(1), at ?? Now, default);

    private Task WarmUpAsync() => Task.WhenAll(Enumerable.Range(0, 32).Select(i => Db.Leases.AcquireAsync($"warm-up-{i}", "one", Expiry, Now, default)));
}
