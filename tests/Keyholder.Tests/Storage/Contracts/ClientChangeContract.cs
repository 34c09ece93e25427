using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>What a client changes about itself.</summary>
public abstract class ClientChangeContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly RevocationEntry Revocation =
        new(new RevocationTarget(RevocationTargetKind.Client, "c1"), Now, Now.AddMinutes(70), RevocationReasons.ClientRequest);

    [Fact]
    public async Task An_update_replaces_the_metadata_and_keeps_id_source_token_and_times()
    {
        var client = await AddAsync("c1");
        var other = await AddAsync("c2");
        var changed = client with
        {
            Source = ClientSource.Configured,
            Name = Hostile,
            RedirectUris = [Hostile],
            GrantTypes = ["authorization_code"],
            ResponseTypes = [],
            TokenEndpointAuthMethod = "none",
            SecretHash = null,
            Scope = null,
            ApplicationType = "web",
            ClientUri = null,
            LogoUri = null,
            PolicyUri = null,
            TosUri = null,
            SoftwareId = null,
            SoftwareVersion = null,
            CreatedAt = Now.AddDays(9),
            ExpiresAt = null,
        };

        (await UpdateAsync(changed)).ShouldBeTrue();

        (await Db.Clients.FindAsync("c1", default)).ShouldBeRow(changed with { Source = client.Source, CreatedAt = client.CreatedAt, ExpiresAt = client.ExpiresAt });
        (await Db.Clients.FindAsync("c2", default)).ShouldBeRow(other);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.ClientUpdated]);
    }

    [Fact]
    public async Task An_update_with_another_registration_token_or_of_an_unknown_client_writes_nothing()
    {
        var client = await AddAsync("c1");
        var tokenless = Sample.Client("c2", Now) with { RegistrationTokenHash = null };
        await Db.Clients.AddAsync(tokenless, 10, Now, Now, default);

        (await UpdateAsync(client with { Name = "x", RegistrationTokenHash = Sample.Hash() })).ShouldBeFalse();
        (await UpdateAsync(client with { Name = "x", RegistrationTokenHash = null })).ShouldBeFalse();
        (await UpdateAsync(tokenless with { Name = "x" })).ShouldBeFalse();
        (await UpdateAsync(client with { Id = "C1" })).ShouldBeFalse();

        (await Db.Clients.FindAsync("c1", default)).ShouldBeRow(client);
        (await Db.Clients.FindAsync("c2", default)).ShouldBeRow(tokenless);
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deletion_takes_the_client_and_revokes_all_its_sessions_and_no_others()
    {
        await AddAsync("c1");
        var first = await AddSessionAsync(Sample.Session(Now) with { ClientId = "c1" });
        var (second, hash) = await AddRedeemedSessionAsync(Sample.Session(Now) with { ClientId = "c1" });
        var earlier = await AddSessionAsync(Sample.Session(Now) with { ClientId = "c1" });
        await Db.Sessions.RevokeAsync(earlier.Id, RevocationReasons.Operator, Sample.Revocation(earlier.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);
        var foreign = await AddSessionAsync(Sample.Session(Now) with { ClientId = "c2" });

        (await DeleteAsync("c1")).ShouldBeTrue();

        (await Db.Clients.FindAsync("c1", default)).ShouldBeNull();
        foreach (var session in new[] { first, second })
        {
            var found = (await Db.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull();
            (found.RevokedAt, found.RevokedReason).ShouldBe((Now, RevocationReasons.ClientRequest));
        }

        (await Db.Sessions.RotateAsync(Sample.Rotation(second, hash, Now), Now, default)).Outcome.ShouldBe(RotateOutcome.Revoked);
        (await Db.Sessions.FindAsync(earlier.Id, default))!.RevokedReason.ShouldBe(RevocationReasons.Operator);
        (await Db.Sessions.FindAsync(foreign.Id, default))!.RevokedAt.ShouldBeNull();
        (await Db.Revocations.ReadAfterAsync(0, Now, default))[^1].Revocation.ShouldBe(Revocation);
        (await AuditedActionsAsync())[0].ShouldBe(AuditActions.ClientDeleted);
    }

    [Fact]
    public async Task Deleting_an_unknown_client_writes_nothing_though_it_has_sessions()
    {
        var session = await AddSessionAsync(Sample.Session(Now) with { ClientId = "c1" });

        (await DeleteAsync("c1")).ShouldBeFalse();

        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeRow(session);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldBeEmpty();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.SessionCreated]);
    }

    [Fact]
    public async Task Of_many_concurrent_deletions_one_deletes()
    {
        await AddAsync("c1");

        var outcomes = await RaceAsync(16, () => DeleteAsync("warm"), _ => DeleteAsync("c1"));

        outcomes.Count(deleted => deleted).ShouldBe(1);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count.ShouldBe(1);
    }

    private async Task<Client> AddAsync(string id)
    {
        var client = Sample.Client(id, Now);
        (await Db.Clients.AddAsync(client, 10, Now, Now, default)).ShouldBe(ClientAddOutcome.Added);
        return client;
    }

    private Task<bool> UpdateAsync(Client client) => Db.Clients.UpdateAsync(client, Sample.Audit(Now, AuditActions.ClientUpdated), default);

    private Task<bool> DeleteAsync(string id) =>
        Db.Clients.DeleteAsync(id, RevocationReasons.ClientRequest, Revocation, Sample.Audit(Now, AuditActions.ClientDeleted), Now, default);
}
