namespace Keyholder.Tests.Storage.Contracts;

public abstract class ClientAssertionStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task An_assertion_counts_once_per_client()
    {
        var hash = Sample.Hash();

        (await UseAsync(Hostile, hash)).ShouldBeTrue();
        (await UseAsync(Hostile, hash)).ShouldBeFalse();
        (await UseAsync("other", hash)).ShouldBeTrue();
        (await UseAsync(Hostile, Sample.Hash())).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_concurrent_callers_one_uses_it()
    {
        var hash = Sample.Hash();

        var outcomes = await RaceAsync(32, () => UseAsync("warm", hash), _ => UseAsync("client", hash));

        outcomes.Count(used => used).ShouldBe(1);
    }

    [Fact]
    public async Task It_is_remembered_until_it_has_expired_and_not_a_millisecond_less()
    {
        var hash = Sample.Hash();
        await UseAsync("client", hash);

        (await UseAsync("client", hash, Now.AddMinutes(2).AddMilliseconds(-1))).ShouldBeFalse();
        (await UseAsync("client", hash, Now.AddMinutes(2))).ShouldBeTrue();
    }

    private Task<bool> UseAsync(string client, byte[] hash, DateTimeOffset? at = null) =>
        Db.ClientAssertions.TryUseAsync(client, hash, (at ?? Now).AddMinutes(2), at ?? Now, default);
}
