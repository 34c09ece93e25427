namespace Keyholder.Tests.Storage.Contracts;

public abstract class ClientSnapshotStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private const string Url = "https://app.example.com/client.json";

    [Fact]
    public async Task A_document_comes_back_as_it_was_kept_and_under_its_exact_url_only()
    {
        await Db.ClientSnapshots.PutAsync(Url, Hostile, Now, default);

        (await Db.ClientSnapshots.FindAsync(Url, default)).ShouldBe(Hostile);
        (await Db.ClientSnapshots.FindAsync(Url + "/", default)).ShouldBeNull();
        (await Db.ClientSnapshots.FindAsync(Url.ToUpperInvariant(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_latest_document_is_kept_and_those_of_other_clients_stay()
    {
        await Db.ClientSnapshots.PutAsync(Url, "{\"v\":1}", Now, default);
        await Db.ClientSnapshots.PutAsync(Url + "2", "{}", Now, default);
        await Db.ClientSnapshots.PutAsync(Url, "{\"v\":2}", Now.AddMinutes(1), default);

        (await Db.ClientSnapshots.FindAsync(Url, default)).ShouldBe("{\"v\":2}");
        (await Db.ClientSnapshots.FindAsync(Url + "2", default)).ShouldBe("{}");
    }
}
