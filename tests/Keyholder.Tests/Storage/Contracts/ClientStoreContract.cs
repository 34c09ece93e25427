using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class ClientStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private const int Capacity = 3;

    [Fact]
    public async Task A_client_comes_back_as_it_was_stored()
    {
        var client = Sample.Client(Hostile, Now) with { Name = Hostile, RedirectUris = [Hostile, ""], SoftwareId = "", Scope = Hostile };

        (await AddAsync(client)).ShouldBe(ClientAddOutcome.Added);

        (await Db.Clients.FindAsync(Hostile, default)).ShouldBeRow(client);
    }

    [Fact]
    public async Task A_client_with_only_what_is_required_comes_back_as_it_was_stored()
    {
        var client = new Client
        {
            Id = "c1",
            Source = ClientSource.Dynamic,
            RedirectUris = [],
            GrantTypes = [],
            ResponseTypes = [],
            TokenEndpointAuthMethod = "none",
            ApplicationType = "web",
            CreatedAt = Now,
        };

        await AddAsync(client);

        (await Db.Clients.FindAsync("c1", default)).ShouldBeRow(client);
    }

    [Theory]
    [InlineData("c_1")]
    [InlineData("C11")]
    [InlineData("c%")]
    [InlineData("c11 ")]
    [InlineData("")]
    public async Task A_client_is_found_by_its_exact_id_only(string other)
    {
        await AddAsync(Sample.Client("c11", Now));

        (await Db.Clients.FindAsync(other, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_duplicate_id_is_refused_and_changes_nothing_even_when_the_first_has_expired()
    {
        var first = Sample.Client("c1", Now) with { ExpiresAt = Now.AddSeconds(1) };
        await AddAsync(first);

        (await AddAsync(Sample.Client("c1", Now), at: Now.AddDays(1))).ShouldBe(ClientAddOutcome.Duplicate);

        (await Db.Clients.FindAsync("c1", default)).ShouldBeRow(first);
    }

    [Fact]
    public async Task An_expired_client_is_returned_until_it_makes_room()
    {
        var expired = Sample.Client("c1", Now) with { ExpiresAt = Now };
        await AddAsync(expired, at: Now.AddSeconds(-1));
        (await Db.Clients.FindAsync("c1", default)).ShouldBeRow(expired);

        await AddAsync(Sample.Client("c2", Now));

        (await Db.Clients.FindAsync("c1", default)).ShouldBeNull();
    }

    [Fact]
    public async Task At_the_cap_the_oldest_evictable_client_goes()
    {
        await FillAsync();

        (await AddAsync(Sample.Client("new", Now), evictableBefore: Now.AddMinutes(-2))).ShouldBe(ClientAddOutcome.Added);

        (await IdsAsync("c1", "c2", "c3", "new")).ShouldBe(["c2", "c3", "new"]);
    }

    [Fact]
    public async Task At_the_cap_a_client_with_an_unrevoked_session_stays_and_one_whose_sessions_are_revoked_goes()
    {
        await FillAsync();
        await AddSessionAsync(Sample.Session(Now) with { ClientId = "c1" });
        var session = await AddSessionAsync(Sample.Session(Now) with { ClientId = "c2" });
        await Db.Sessions.RevokeAsync(session.Id, RevocationReasons.Operator, Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);

        (await AddAsync(Sample.Client("new", Now), evictableBefore: Now.AddMinutes(-1))).ShouldBe(ClientAddOutcome.Added);

        (await IdsAsync("c1", "c2", "c3", "new")).ShouldBe(["c1", "c3", "new"]);
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task At_the_cap_without_an_evictable_client_nothing_changes()
    {
        await FillAsync();

        (await AddAsync(Sample.Client("new", Now), evictableBefore: Now.AddMinutes(-3).AddMilliseconds(-1))).ShouldBe(ClientAddOutcome.Full);

        (await IdsAsync("c1", "c2", "c3", "new")).ShouldBe(["c1", "c2", "c3"]);
        (await AddAsync(Sample.Client("new", Now), evictableBefore: Now.AddMinutes(-3))).ShouldBe(ClientAddOutcome.Added);
    }

    [Fact]
    public async Task Expired_clients_make_room_before_a_live_one_is_evicted()
    {
        await FillAsync();
        await AddAsync(Sample.Client("c4", Now) with { ExpiresAt = Now.AddMinutes(1) }, evictableBefore: Now.AddMinutes(-3));

        (await AddAsync(Sample.Client("new", Now), at: Now.AddMinutes(1), evictableBefore: Now.AddMinutes(1))).ShouldBe(ClientAddOutcome.Added);

        (await IdsAsync("c2", "c3", "c4", "new")).ShouldBe(["c2", "c3", "new"]);
    }

    [Fact]
    public async Task A_lowered_cap_is_reached_by_evicting_several_or_not_at_all()
    {
        await FillAsync();

        (await Db.Clients.AddAsync(Sample.Client("new", Now), 2, Now.AddMinutes(-3), Now, default)).ShouldBe(ClientAddOutcome.Full);
        (await Db.Clients.AddAsync(Sample.Client("new", Now), 2, Now.AddMinutes(-2), Now, default)).ShouldBe(ClientAddOutcome.Added);

        (await IdsAsync("c1", "c2", "c3", "new")).ShouldBe(["c3", "new"]);
    }

    [Fact]
    public async Task Concurrent_registrations_never_pass_the_cap()
    {
        var outcomes = await RaceAsync(
            32,
            () => Db.Clients.FindAsync("none", default),
            i => AddAsync(Sample.Client("c" + i, Now)));

        outcomes.Count(outcome => outcome == ClientAddOutcome.Added).ShouldBe(Capacity);
        outcomes.Count(outcome => outcome == ClientAddOutcome.Full).ShouldBe(32 - Capacity);
    }

    [Fact]
    public async Task Concurrent_registrations_of_one_id_add_it_once()
    {
        var outcomes = await RaceAsync(32, () => AddAsync(Sample.Client("warm", Now)), _ => AddAsync(Sample.Client("c1", Now)));

        outcomes.Count(outcome => outcome == ClientAddOutcome.Added).ShouldBe(1);
        outcomes.Count(outcome => outcome == ClientAddOutcome.Duplicate).ShouldBe(31);
    }

    [Fact]
    public async Task A_renewal_moves_the_expiry_forward_never_back()
    {
        var client = Sample.Client("c1", Now);
        await AddAsync(client);

        await Db.Clients.RenewAsync("c1", Now.AddDays(29), default);
        (await Db.Clients.FindAsync("c1", default))!.ExpiresAt.ShouldBe(Now.AddDays(30));

        await Db.Clients.RenewAsync("c1", Now.AddDays(31), default);
        (await Db.Clients.FindAsync("c1", default)).ShouldBeRow(client with { ExpiresAt = Now.AddDays(31) });
    }

    [Fact]
    public async Task A_renewal_of_a_client_that_never_expires_or_does_not_exist_does_nothing()
    {
        await AddAsync(Sample.Client("c1", Now) with { ExpiresAt = null });

        await Db.Clients.RenewAsync("c1", Now.AddDays(31), default);
        await Db.Clients.RenewAsync("c2", Now.AddDays(31), default);

        (await Db.Clients.FindAsync("c1", default))!.ExpiresAt.ShouldBeNull();
        (await Db.Clients.FindAsync("c2", default)).ShouldBeNull();
    }

    /// <summary>Fills the cap with c1, c2, c3, registered 3, 2 and 1 minutes ago.</summary>
    private async Task FillAsync()
    {
        for (var i = 1; i <= Capacity; i++)
        {
            (await AddAsync(Sample.Client("c" + i, Now.AddMinutes(i - 4)))).ShouldBe(ClientAddOutcome.Added);
        }
    }

    private Task<ClientAddOutcome> AddAsync(Client client, DateTimeOffset? at = null, DateTimeOffset? evictableBefore = null) =>
        Db.Clients.AddAsync(client, Capacity, evictableBefore ?? Now.AddHours(-1), at ?? Now, default);

    private async Task<IReadOnlyList<string>> IdsAsync(params string[] candidates)
    {
        var found = new List<string>();
        foreach (var id in candidates)
        {
            if (await Db.Clients.FindAsync(id, default) is not null)
            {
                found.Add(id);
            }
        }

        return found;
    }
}
