using Keyholder.Authorization;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class ConnectLinkStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_link_is_found_as_it_was_stored_until_it_expires()
    {
        var link = Sample.Link(Now) with { ClientId = Hostile, Resource = Hostile, Providers = [Hostile, "b"] };
        await Db.ConnectLinks.AddAsync(link, Now, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, link.ExpiresAt.AddMilliseconds(-1), default)).ShouldBeRow(link);
        (await Db.ConnectLinks.FindAsync(link.IdHash, link.ExpiresAt, default)).ShouldBeNull();
        (await Db.ConnectLinks.FindAsync(Sample.Hash(), Now, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_link_for_everybody_has_no_session()
    {
        var link = Sample.Link(Now) with { Purpose = AuthorizationPurpose.ConnectShared, Subject = null, Session = null, ClientId = "", Resource = "" };
        await Db.ConnectLinks.AddAsync(link, Now, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeRow(link);
    }

    [Fact]
    public async Task The_same_link_may_be_stored_by_many_at_once_and_the_first_counts()
    {
        var link = Sample.Link(Now);

        await RaceAsync(16, () => Db.ConnectLinks.AddAsync(Sample.Link(Now), Now, default), async i =>
        {
            await Db.ConnectLinks.AddAsync(link, Now, default);
            return true;
        });
        await Db.ConnectLinks.AddAsync(link with { ClientId = "other" }, Now, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeRow(link);
    }

    [Fact]
    public async Task What_has_expired_is_forgotten_with_the_next_one()
    {
        var link = Sample.Link(Now);
        await Db.ConnectLinks.AddAsync(link, Now, default);

        await Db.ConnectLinks.AddAsync(Sample.Link(Now.AddMinutes(10)), link.ExpiresAt, default);

        (await Db.ConnectLinks.FindAsync(link.IdHash, Now, default)).ShouldBeNull("the row is gone, whatever the clock of the caller says");
    }
}
