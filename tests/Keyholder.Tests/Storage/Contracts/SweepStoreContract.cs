using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>What goes, what stays, and that the border lies exactly at the moment.</summary>
public abstract class SweepStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset FarFuture = Now.AddYears(50);

    [Fact]
    public async Task Authorization_requests_go_at_their_expiry_whatever_their_phase()
    {
        var pending = Sample.Request(Now);
        var failed = Sample.Request(Now, AuthorizationPhase.Failed);
        var later = Sample.Request(Now.AddMilliseconds(1));
        foreach (var request in (AuthorizationRequest[])[pending, failed, later])
        {
            await Db.AuthorizationRequests.AddAsync(request, default);
        }

        (await SweepAsync(SweepTarget.AuthorizationRequests, pending.ExpiresAt)).ShouldBe(2);

        (await Db.AuthorizationRequests.FindAsync(pending.Id, default)).ShouldBeNull();
        (await Db.AuthorizationRequests.FindAsync(failed.Id, default)).ShouldBeNull();
        (await Db.AuthorizationRequests.FindAsync(later.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_request_of_an_anonymous_session_stays_as_long_as_the_session()
    {
        var anonymous = await AddSessionAsync(Sample.Session(Now));
        var ended = await AddSessionAsync(Sample.Session(Now));
        var named = await AddSessionAsync(Sample.Session(Now) with { Subject = Subject.User("u1") });

        (await SweepAsync(SweepTarget.AuthorizationRequests, Now)).ShouldBe(0);
        await RevokeAsync(ended.Id, Now);
        (await SweepAsync(SweepTarget.AuthorizationRequests, FarFuture)).ShouldBe(2);

        (await Db.AuthorizationRequests.FindBySessionAsync(anonymous.Id, default)).ShouldNotBeNull();
        (await Db.AuthorizationRequests.FindBySessionAsync(ended.Id, default)).ShouldBeNull();
        (await Db.AuthorizationRequests.FindBySessionAsync(named.Id, default)).ShouldBeNull();
        await SweepAsync(SweepTarget.UnredeemedSessions, FarFuture);
        (await SweepAsync(SweepTarget.AuthorizationRequests, FarFuture)).ShouldBe(1);
    }

    [Fact]
    public async Task Device_authorizations_go_at_their_expiry()
    {
        var (device, later) = (Sample.Device(Now), Sample.Device(Now.AddMilliseconds(1)));
        (await Db.DeviceAuthorizations.AddAsync(device, default)).ShouldBeTrue();
        (await Db.DeviceAuthorizations.AddAsync(later, default)).ShouldBeTrue();

        (await SweepAsync(SweepTarget.DeviceAuthorizations, device.ExpiresAt)).ShouldBe(1);

        (await Db.DeviceAuthorizations.FindByUserCodeAsync(device.UserCodeHash, default)).ShouldBeNull();
        (await Db.DeviceAuthorizations.FindByUserCodeAsync(later.UserCodeHash, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_client_whose_device_waits_stays()
    {
        await Db.Clients.AddAsync(Sample.Client("client-1", Now), 100, Now, Now, default);
        await Db.DeviceAuthorizations.AddAsync(Sample.Device(Now), default);

        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(0);
        await SweepAsync(SweepTarget.DeviceAuthorizations, FarFuture);
        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(1);
    }

    [Fact]
    public async Task Connection_flows_go_at_their_expiry()
    {
        var (flow, later) = (Sample.Flow(Now), Sample.Flow(Now.AddMilliseconds(1)));
        await Db.ConnectionFlows.AddAsync(flow, default);
        await Db.ConnectionFlows.AddAsync(later, default);

        (await SweepAsync(SweepTarget.ConnectionFlows, flow.ExpiresAt)).ShouldBe(1);

        (await Db.ConnectionFlows.ClaimAsync(flow.StateHash, flow.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.NotFound);
        (await Db.ConnectionFlows.ClaimAsync(later.StateHash, later.BrowserHash, Now, default)).Outcome.ShouldBe(ConnectionClaimOutcome.Claimed);
    }

    [Fact]
    public async Task Browser_sessions_go_at_their_expiry()
    {
        var user = await AddUserAsync();
        var session = new BrowserSession(Sample.Hash(), user.Id, Now, Now.AddHours(12));
        var later = new BrowserSession(Sample.Hash(), user.Id, Now, Now.AddHours(12).AddMilliseconds(1));
        await Db.BrowserSessions.AddAsync(session, Sample.Audit(Now, AuditActions.SignInSucceeded), default);
        await Db.BrowserSessions.AddAsync(later, Sample.Audit(Now, AuditActions.SignInSucceeded), default);

        (await SweepAsync(SweepTarget.BrowserSessions, session.ExpiresAt)).ShouldBe(1);

        (await Db.BrowserSessions.FindAsync(session.SecretHash, Now, default)).ShouldBeNull();
        (await Db.BrowserSessions.FindAsync(later.SecretHash, Now, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Sessions_whose_code_was_never_redeemed_go_at_the_expiry_of_the_code()
    {
        var unredeemed = await AddSessionAsync(Sample.Session(Now));
        var (redeemed, _) = await AddRedeemedSessionAsync();
        var revoked = await AddSessionAsync(Sample.Session(Now));
        await RevokeAsync(revoked.Id, Now);

        (await SweepAsync(SweepTarget.UnredeemedSessions, unredeemed.Code.ExpiresAt.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.UnredeemedSessions, unredeemed.Code.ExpiresAt)).ShouldBe(1);
        (await SweepAsync(SweepTarget.UnredeemedSessions, FarFuture)).ShouldBe(0);

        (await Db.Sessions.FindAsync(unredeemed.Id, default)).ShouldBeNull();
        (await Db.Sessions.FindAsync(redeemed.Id, default)).ShouldNotBeNull();
        (await Db.Sessions.FindAsync(revoked.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Sessions_go_at_their_idle_or_absolute_expiry_whichever_is_first()
    {
        var end = Now.AddDays(1);
        var (idle, _) = await AddRedeemedSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = Now.AddDays(180) });
        var absolute = await AddSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = end });
        var (revoked, _) = await AddRedeemedSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = end });
        await RevokeAsync(revoked.Id, Now);

        (await SweepAsync(SweepTarget.ExpiredSessions, end.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.ExpiredSessions, end)).ShouldBe(1);
        (await Db.Sessions.FindAsync(absolute.Id, default)).ShouldBeNull();

        (await SweepAsync(SweepTarget.ExpiredSessions, idle.IdleExpiresAt.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.ExpiredSessions, idle.IdleExpiresAt)).ShouldBe(1);
        (await Db.Sessions.FindAsync(idle.Id, default)).ShouldBeNull();

        (await SweepAsync(SweepTarget.ExpiredSessions, FarFuture)).ShouldBe(0);
        (await Db.Sessions.FindAsync(revoked.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_revoked_session_still_tells_reuse_from_garbage_until_its_retention_is_over()
    {
        var (session, hash) = await AddRedeemedSessionAsync();
        var revokedAt = Now.AddMinutes(1);
        await RevokeAsync(session.Id, revokedAt);
        var (alive, aliveHash) = await AddRedeemedSessionAsync();

        (await SweepAsync(SweepTarget.RevokedSessions, revokedAt.AddMilliseconds(-1))).ShouldBe(0);
        (await RotateAsync(session, hash)).ShouldBe(RotateOutcome.Revoked);

        (await SweepAsync(SweepTarget.RevokedSessions, revokedAt)).ShouldBe(1);
        (await RotateAsync(session, hash)).ShouldBe(RotateOutcome.NotFound);

        (await SweepAsync(SweepTarget.RevokedSessions, FarFuture)).ShouldBe(0);
        (await RotateAsync(alive, aliveHash)).ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task Clients_without_sessions_go_by_the_time_of_their_registration()
    {
        await AddClientAsync("old");
        await AddClientAsync("new", Now.AddMilliseconds(1));
        await AddClientAsync("configured", source: ClientSource.Configured);

        (await SweepAsync(SweepTarget.UnusedClients, Now)).ShouldBe(1);

        (await Db.Clients.FindAsync("old", default)).ShouldBeNull();
        (await Db.Clients.FindAsync("new", default)).ShouldNotBeNull();
        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(1);
        (await Db.Clients.FindAsync("configured", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_client_stays_until_its_requests_and_then_its_sessions_are_gone_revoked_ones_included()
    {
        await AddClientAsync("client-1");
        var session = await AddSessionAsync(Sample.Session(Now));
        var (revoked, _) = await AddRedeemedSessionAsync();
        await RevokeAsync(revoked.Id, Now);

        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(0);
        await SweepAsync(SweepTarget.UnredeemedSessions, FarFuture);
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeNull();
        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(0);
        await SweepAsync(SweepTarget.AuthorizationRequests, FarFuture);
        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(0);
        await SweepAsync(SweepTarget.RevokedSessions, FarFuture);

        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(1);
    }

    [Fact]
    public async Task A_client_with_only_a_pending_request_stays()
    {
        await AddClientAsync("client-1");
        await Db.AuthorizationRequests.AddAsync(Sample.Request(Now), default);

        (await SweepAsync(SweepTarget.UnusedClients, FarFuture)).ShouldBe(0);
    }

    [Fact]
    public async Task Clients_go_at_their_expiry_unless_it_was_renewed()
    {
        var expired = await AddClientAsync("expired");
        await AddClientAsync("renewed");
        await Db.Clients.RenewAsync("renewed", expired.ExpiresAt!.Value.AddMilliseconds(1), default);
        await Db.Clients.AddAsync(Sample.Client("eternal", Now) with { ExpiresAt = null }, 100, Now, Now, default);

        (await SweepAsync(SweepTarget.ExpiredClients, expired.ExpiresAt.Value)).ShouldBe(1);

        (await Db.Clients.FindAsync("expired", default)).ShouldBeNull();
        (await Db.Clients.FindAsync("renewed", default)).ShouldNotBeNull();
        (await SweepAsync(SweepTarget.ExpiredClients, FarFuture)).ShouldBe(1);
        (await Db.Clients.FindAsync("eternal", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Snapshots_of_client_documents_go_once_no_session_names_them()
    {
        await Db.ClientSnapshots.PutAsync("client-1", "{}", Now, default);
        await Db.ClientSnapshots.PutAsync("https://client.example/unused", "{}", Now, default);
        await Db.ClientSnapshots.PutAsync("https://client.example/new", "{}", Now.AddMilliseconds(1), default);
        var (session, _) = await AddRedeemedSessionAsync();
        await RevokeAsync(session.Id, Now);

        (await SweepAsync(SweepTarget.ClientSnapshots, Now)).ShouldBe(1);
        (await Db.ClientSnapshots.FindAsync("https://client.example/unused", default)).ShouldBeNull();
        (await SweepAsync(SweepTarget.ClientSnapshots, FarFuture)).ShouldBe(1);
        (await Db.ClientSnapshots.FindAsync("client-1", default)).ShouldNotBeNull();

        await SweepAsync(SweepTarget.RevokedSessions, FarFuture);
        (await SweepAsync(SweepTarget.ClientSnapshots, FarFuture)).ShouldBe(1);
    }

    [Fact]
    public async Task Only_orphaned_credentials_go_by_the_time_they_were_orphaned()
    {
        var orphanedAt = Now.AddDays(2);
        var orphaned = await AddCredentialAsync("orphaned", CredentialStatus.Orphaned, orphanedAt);
        await AddCredentialAsync("needs-reauth", CredentialStatus.NeedsReauth, orphanedAt);
        await AddCredentialAsync("needs-update", CredentialStatus.NeedsUpdate, orphanedAt);
        await Db.Credentials.PutAsync(Sample.Credential(Now, "active"), 0, null, default);

        (await SweepAsync(SweepTarget.OrphanedCredentials, orphanedAt.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.OrphanedCredentials, orphanedAt)).ShouldBe(1);
        (await SweepAsync(SweepTarget.OrphanedCredentials, FarFuture)).ShouldBe(0);

        (await Db.Credentials.ListAsync(orphaned.Owner, default)).Select(c => c.Key.Provider).ShouldBe(["active", "needs-reauth", "needs-update"]);
    }

    [Fact]
    public async Task Credentials_of_a_session_go_once_it_is_revoked_or_gone_and_nobody_elses_do()
    {
        var (live, _) = await AddRedeemedSessionAsync();
        var (revoked, _) = await AddRedeemedSessionAsync();
        await RevokeAsync(revoked.Id, Now);
        var kept = await AddCredentialOfAsync(CredentialOwner.Of(live.Subject));
        var dead = await AddCredentialOfAsync(CredentialOwner.Of(revoked.Subject));
        var (usersOwn, _) = await AddRedeemedSessionAsync();
        var keptWithSession = await AddCredentialOfAsync(new(CredentialOwnerKind.Session, usersOwn.Id.ToString()));
        var abandoned = await AddCredentialOfAsync(new(CredentialOwnerKind.Session, "never-begun"));
        var user = await AddCredentialOfAsync(new(CredentialOwnerKind.User, "never-begun"));
        var shared = await AddCredentialOfAsync(new(CredentialOwnerKind.Shared, "never-begun"));

        (await SweepAsync(SweepTarget.SessionCredentials, Now.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.SessionCredentials, Now)).ShouldBe(2);

        (await Db.Credentials.FindAsync(dead, default)).ShouldBeNull();
        (await Db.Credentials.FindAsync(abandoned, default)).ShouldBeNull();
        foreach (var key in (CredentialKey[])[kept, keptWithSession, user, shared])
        {
            (await Db.Credentials.FindAsync(key, default)).ShouldNotBeNull();
        }

        await RevokeAsync(usersOwn.Id, Now);
        (await Db.Credentials.FindAsync(keptWithSession, default)).ShouldBeNull();
        await AddCredentialOfAsync(keptWithSession.Owner);
        (await SweepAsync(SweepTarget.SessionCredentials, Now)).ShouldBe(1);
        (await Db.Credentials.FindAsync(keptWithSession, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Revocations_go_at_their_expiry_and_their_sequence_numbers_do_not_come_back()
    {
        var expired = Sample.Revocation(SessionId.Create(), Now);
        await Db.Revocations.AppendAsync(expired, [], Sample.Audit(Now, AuditActions.SessionRevoked), default);
        var last = (await Db.Revocations.ReadAfterAsync(0, Now, default))[^1].Sequence;

        (await SweepAsync(SweepTarget.Revocations, expired.ExpiresAt.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.Revocations, expired.ExpiresAt)).ShouldBe(1);

        await Db.Revocations.AppendAsync(Sample.Revocation(SessionId.Create(), Now), [], Sample.Audit(Now, AuditActions.SessionRevoked), default);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).ShouldHaveSingleItem().Sequence.ShouldBeGreaterThan(last);
    }

    [Fact]
    public async Task Signing_keys_go_by_the_time_a_later_one_began_to_sign_and_the_newest_never_does()
    {
        var (first, second, next) = (Sample.SigningKey("a", Now), Sample.SigningKey("b", Now.AddDays(1)), Sample.SigningKey("c", Now.AddDays(2)));
        foreach (var key in (StoredSigningKey[])[next, first, second])
        {
            await Db.ServerSecrets.AddSigningKeyAsync(key, onlyFirst: false, default);
        }

        (await SweepAsync(SweepTarget.SupersededSigningKeys, second.SignsFrom.AddMilliseconds(-1))).ShouldBe(0);
        (await SweepAsync(SweepTarget.SupersededSigningKeys, second.SignsFrom)).ShouldBe(1);
        (await Db.ServerSecrets.ListSigningKeysAsync(default)).Select(key => key.Id).ShouldBe(["b", "c"]);
        (await SweepAsync(SweepTarget.SupersededSigningKeys, FarFuture)).ShouldBe(1);
        (await Db.ServerSecrets.ListSigningKeysAsync(default)).Select(key => key.Id).ShouldBe(["c"]);
    }

    [Fact]
    public async Task Audit_events_go_by_the_time_they_happened()
    {
        await Db.Audit.AppendAsync(Sample.Audit(Now, AuditActions.UserAdded), default);
        await Db.Audit.AppendAsync(Sample.Audit(Now.AddMilliseconds(1), AuditActions.SessionCreated), default);

        (await SweepAsync(SweepTarget.AuditEvents, Now)).ShouldBe(1);

        (await AuditedActionsAsync()).ShouldBe([AuditActions.SessionCreated]);
    }

    [Fact]
    public async Task A_batch_is_no_larger_than_allowed_and_takes_the_oldest_first()
    {
        var requests = Enumerable.Range(0, 5).Select(i => Sample.Request(Now.AddSeconds(i))).ToList();
        foreach (var request in requests.AsEnumerable().Reverse())
        {
            await Db.AuthorizationRequests.AddAsync(request, default);
        }

        (await Db.Sweeps.DeleteAsync(SweepTarget.AuthorizationRequests, FarFuture, 2, Now, default)).ShouldBe((2, 2));
        (await Db.AuthorizationRequests.FindAsync(requests[1].Id, default)).ShouldBeNull();
        (await Db.AuthorizationRequests.FindAsync(requests[2].Id, default)).ShouldNotBeNull();
        (await Db.Sweeps.DeleteAsync(SweepTarget.AuthorizationRequests, FarFuture, 2, Now, default)).ShouldBe((2, 2));
        (await Db.Sweeps.DeleteAsync(SweepTarget.AuthorizationRequests, FarFuture, 2, Now, default)).ShouldBe((1, 1));
        (await Db.Sweeps.DeleteAsync(SweepTarget.AuthorizationRequests, FarFuture, 2, Now, default)).ShouldBe((0, 0));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Db.Sweeps.DeleteAsync(SweepTarget.AuthorizationRequests, FarFuture, 0, Now, default));
    }

    [Fact]
    public async Task Every_target_can_be_swept_from_an_empty_database()
    {
        foreach (var target in Enum.GetValues<SweepTarget>())
        {
            (await Db.Sweeps.DeleteAsync(target, FarFuture, 500, Now, default)).ShouldBe((0, 0), target.ToString());
        }
    }

    [Fact]
    public async Task Many_sweeps_at_once_delete_every_row_once()
    {
        const int Rows = 100;
        for (var i = 0; i < Rows; i++)
        {
            await Db.ConnectionFlows.AddAsync(Sample.Flow(Now), default);
        }

        var deleted = await RaceAsync(16, () => SweepAsync(SweepTarget.ConnectionFlows, Now), _ => SweepAsync(SweepTarget.ConnectionFlows, FarFuture));

        deleted.Sum().ShouldBe(Rows);
    }

    private async Task<int> SweepAsync(SweepTarget target, DateTimeOffset before) => (await Db.Sweeps.DeleteAsync(target, before, 500, Now, default)).Deleted;

    private Task<SessionRevokeOutcome> RevokeAsync(SessionId id, DateTimeOffset at) =>
        Db.Sessions.RevokeAsync(id, RevocationReasons.RefreshTokenReuse, Sample.Revocation(id, at), Sample.Audit(at, AuditActions.SessionRevoked), at, default);

    private async Task<RotateOutcome> RotateAsync(Session session, byte[] hash) =>
        (await Db.Sessions.RotateAsync(Sample.Rotation(session, hash, Now), Now, default)).Outcome;

    private async Task<Client> AddClientAsync(string id, DateTimeOffset? createdAt = null, ClientSource source = ClientSource.Dynamic)
    {
        var client = Sample.Client(id, createdAt ?? Now) with { Source = source };
        (await Db.Clients.AddAsync(client, 100, Now, Now, default)).ShouldBe(ClientAddOutcome.Added);
        return client;
    }

    private async Task<CredentialKey> AddCredentialAsync(string provider, CredentialStatus status, DateTimeOffset markedAt)
    {
        var credential = Sample.Credential(Now, provider);
        await Db.Credentials.PutAsync(credential, 0, null, default);
        await Db.Credentials.MarkAsync(credential.Key, 1, status, "reason", Sample.Audit(Now, AuditActions.CredentialNeedsReauth), markedAt, default);
        return credential.Key;
    }

    private async Task<CredentialKey> AddCredentialOfAsync(CredentialOwner owner)
    {
        var key = new CredentialKey(owner, "github");
        (await Db.Credentials.PutAsync(Sample.Credential(Now) with { Key = key }, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        return key;
    }
}
