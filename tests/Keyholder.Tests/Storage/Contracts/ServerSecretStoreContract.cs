namespace Keyholder.Tests.Storage.Contracts;

public abstract class ServerSecretStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_secret_is_the_first_candidate_ever_after()
    {
        (await Db.ServerSecrets.GetOrAddAsync(Hostile, [1], Now, default)).ShouldBe([1]);
        (await Db.ServerSecrets.GetOrAddAsync(Hostile, [2], Now, default)).ShouldBe([1]);
        (await Db.ServerSecrets.GetOrAddAsync("other", [3], Now, default)).ShouldBe([3]);
    }

    [Fact]
    public async Task Concurrent_first_callers_get_the_same_secret()
    {
        var secrets = await RaceAsync(
            32,
            () => Db.ServerSecrets.GetOrAddAsync("warm", [0], Now, default),
            i => Db.ServerSecrets.GetOrAddAsync("root", [(byte)i], Now, default));

        secrets.Select(secret => secret.ShouldHaveSingleItem()).Distinct().Count().ShouldBe(1);
        (await Db.ServerSecrets.GetOrAddAsync("root", [99], Now, default)).ShouldBe(secrets[0]);
    }

    [Fact]
    public async Task Signing_keys_come_back_as_stored_oldest_first()
    {
        var newer = Sample.SigningKey("a", Now.AddMilliseconds(1)) with { RetiresAt = null };
        var older = Sample.SigningKey("b", Now);
        await Db.ServerSecrets.AddSigningKeyAsync(newer, onlyFirst: false, default);
        await Db.ServerSecrets.AddSigningKeyAsync(older, onlyFirst: false, default);

        var keys = await Db.ServerSecrets.ListSigningKeysAsync(default);

        keys.Count.ShouldBe(2);
        keys[0].ShouldBeRow(older);
        keys[1].ShouldBeRow(newer);
    }

    [Fact]
    public async Task A_signing_key_is_stored_once_per_id()
    {
        var key = Sample.SigningKey("a", Now);

        (await Db.ServerSecrets.AddSigningKeyAsync(key, onlyFirst: false, default)).ShouldBeTrue();
        (await Db.ServerSecrets.AddSigningKeyAsync(Sample.SigningKey("a", Now), onlyFirst: false, default)).ShouldBeFalse();

        (await Db.ServerSecrets.ListSigningKeysAsync(default)).ShouldHaveSingleItem().ShouldBeRow(key);
    }

    [Fact]
    public async Task A_first_signing_key_is_not_stored_beside_another()
    {
        await Db.ServerSecrets.AddSigningKeyAsync(Sample.SigningKey("a", Now), onlyFirst: true, default);

        (await Db.ServerSecrets.AddSigningKeyAsync(Sample.SigningKey("b", Now), onlyFirst: true, default)).ShouldBeFalse();

        (await Db.ServerSecrets.ListSigningKeysAsync(default)).ShouldHaveSingleItem().Id.ShouldBe("a");
    }

    [Fact]
    public async Task Concurrent_first_signing_keys_leave_one()
    {
        var stored = await RaceAsync(
            32,
            () => Db.ServerSecrets.ListSigningKeysAsync(default),
            i => Db.ServerSecrets.AddSigningKeyAsync(Sample.SigningKey("k" + i, Now), onlyFirst: true, default));

        stored.Count(wasStored => wasStored).ShouldBe(1);
        (await Db.ServerSecrets.ListSigningKeysAsync(default)).ShouldHaveSingleItem().Id.ShouldBe("k" + stored.ToList().IndexOf(true));
    }
}
