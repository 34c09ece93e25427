namespace Keyholder.Tests.Storage.Contracts;

public abstract class PushedRequestStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private readonly byte[] _hash = Sample.Hash();

    [Fact]
    public async Task A_request_is_given_out_as_it_was_stored_and_once()
    {
        await AddAsync();

        (await TakeAsync()).ShouldBe(Hostile);
        (await TakeAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Another_client_gets_nothing_and_spoils_nothing()
    {
        await AddAsync();

        (await TakeAsync("other")).ShouldBeNull();
        (await TakeAsync("Client")).ShouldBeNull();
        (await TakeAsync()).ShouldBe(Hostile);
    }

    [Fact]
    public async Task It_expires_to_the_millisecond()
    {
        await AddAsync();

        (await TakeAsync(at: Now.AddSeconds(60))).ShouldBeNull();
        (await TakeAsync(at: Now.AddSeconds(60).AddMilliseconds(-1))).ShouldBe(Hostile);
    }

    [Fact]
    public async Task Of_many_concurrent_callers_one_gets_it()
    {
        await AddAsync();

        var outcomes = await RaceAsync(32, () => TakeAsync("warm"), _ => TakeAsync());

        outcomes.Count(parameters => parameters is not null).ShouldBe(1);
    }

    [Fact]
    public async Task What_has_expired_is_forgotten_with_the_next_one()
    {
        await AddAsync();

        await Db.PushedRequests.AddAsync(Sample.Hash(), "client", "", Now.AddSeconds(120), Now.AddSeconds(60), default);

        (await TakeAsync()).ShouldBeNull("the row is gone, whatever the clock of the caller says");
    }

    private Task AddAsync() => Db.PushedRequests.AddAsync(_hash, "client", Hostile, Now.AddSeconds(60), Now, default);

    private Task<string?> TakeAsync(string client = "client", DateTimeOffset? at = null) => Db.PushedRequests.TakeAsync(_hash, client, at ?? Now, default);
}
