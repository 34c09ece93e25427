using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>What becomes of a key's sessions and secrets when the key, its owner or the kill switch says no.</summary>
public abstract class VirtualKeyLivenessContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly VirtualKey Usable = Sample.VirtualKey("agent", Now);

    [Theory]
    [InlineData("deactivated")]
    [InlineData("expired")]
    [InlineData("expires now")]
    [InlineData("owner disabled")]
    [InlineData("owner deleted")]
    [InlineData("deleted")]
    public async Task A_session_of_a_key_that_is_not_live_is_neither_redeemed_nor_rotated(string end)
    {
        var key = await AddAsync(await WithOwnerAsync(end));
        var session = await AddSessionAsync(SessionOf(key));
        var (redeemed, hash) = await AddRedeemedSessionAsync(SessionOf(key));

        await EndAsync(key, end);

        (await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, Sample.Hash(), Now), Now, default)).Outcome
            .ShouldBe(end == "deleted" ? RedeemOutcome.Revoked : RedeemOutcome.SubjectInactive);
        (await Db.Sessions.RotateAsync(Sample.Rotation(redeemed, hash, Now), Now, default)).Outcome
            .ShouldBe(end == "deleted" ? RotateOutcome.Revoked : RotateOutcome.SubjectInactive);
    }

    [Fact]
    public async Task A_live_key_with_a_live_owner_refreshes_until_the_moment_it_expires_and_after_it_was_activated_again()
    {
        await AddUserAsync();
        var key = await AddAsync(Usable with { OwnerUserId = "u1", ExpiresAt = Now.AddMilliseconds(1) });
        var (session, hash) = await AddRedeemedSessionAsync(SessionOf(key));
        await UpdateAsync(key, new() { Active = false });
        await UpdateAsync(key, new() { Active = true });

        (await Db.Sessions.RotateAsync(Sample.Rotation(session, hash, Now), Now, default)).Outcome.ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task A_session_is_listed_with_the_name_of_its_key()
    {
        var key = await AddAsync(Usable);
        var session = await AddSessionAsync(SessionOf(key));

        (await Db.SessionDirectory.FindAsync(session.Id, default)).ShouldNotBeNull().SubjectName.ShouldBe("agent");
    }

    [Theory]
    [InlineData(RevocationTargetKind.VirtualKey)]
    [InlineData(RevocationTargetKind.Subject)]
    [InlineData(RevocationTargetKind.All)]
    public async Task The_kill_switch_ends_the_secrets_made_up_to_its_cut_off_for_good_and_leaves_the_key(RevocationTargetKind kind)
    {
        var key = await AddAsync(Usable with { Previous = new(Sample.Hash(), Now.AddDays(-1), Now.AddDays(1)) });
        var younger = await AddAsync(Sample.VirtualKey("younger", Now.AddSeconds(1)));

        await RevokeAsync(kind, kind switch { RevocationTargetKind.All => "", RevocationTargetKind.Subject => "vk:" + key.Id, _ => key.Id });

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { SecretHash = null, Previous = null });
        (await Db.VirtualKeys.FindAsync(younger.Id, default)).ShouldBeRow(younger);
    }

    [Fact]
    public async Task Whoever_cuts_off_a_user_cuts_off_the_keys_that_act_for_the_user_and_no_others()
    {
        await AddUserAsync();
        var key = await AddAsync(Usable with { OwnerUserId = "u1" });
        var other = await AddAsync(Sample.VirtualKey("other", Now));
        var session = await AddSessionAsync(SessionOf(key));
        var kept = await AddSessionAsync(SessionOf(other));

        await RevokeAsync(RevocationTargetKind.Subject, "user:u1");

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { SecretHash = null });
        (await Db.VirtualKeys.FindAsync(other.Id, default)).ShouldBeRow(other);
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull().RevokedAt.ShouldNotBeNull();
        (await Db.Sessions.FindAsync(kept.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task One_secret_is_ended_alone()
    {
        var previous = new PreviousSecret(Sample.Hash(), Now.AddDays(-1), Now.AddDays(1));
        var key = await AddAsync(Usable with { Generation = 3, Previous = previous });

        await RevokeAsync(RevocationTargetKind.Token, VirtualKeyTokenId.Of(key.Id, 2));
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { Previous = null });

        await RevokeAsync(RevocationTargetKind.Token, VirtualKeyTokenId.Of(key.Id, 3));
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { Previous = null, SecretHash = null });
    }

    [Fact]
    public async Task What_a_key_signed_in_ends_with_a_secret_that_is_revoked()
    {
        var (key, opened, pending, kept) = await SignedInAsync();
        var younger = await AddSessionAsync(SessionOf(key) with { AuthenticatedAt = Now.AddSeconds(1) });
        var entry = new RevocationEntry(new(RevocationTargetKind.Token, VirtualKeyTokenId.Of(key.Id, 1)), Now, Now.AddHours(3), RevocationReasons.Operator);
        (await Db.Revocations.CountSessionsAsync(entry, [], default)).ShouldBe(1);
        (await Db.Revocations.CountSessionsAsync(entry with { IsQuarantine = true }, [], default)).ShouldBe(0);

        var (appended, sessions) = await Db.Revocations.AppendAsync(entry, [], Sample.Audit(Now, AuditActions.RevocationAdded), default);

        sessions.ShouldBe(1);
        appended.Select(line => line.Revocation.Target).ShouldBe([entry.Target, new(RevocationTargetKind.Session, opened.ToString())]);
        await AssertEndedAsync(opened, pending, kept);
        (await Db.Sessions.FindAsync(younger.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task What_a_key_signed_in_ends_with_a_rotation_without_overlap_and_not_with_an_overlap()
    {
        var (key, opened, pending, kept) = await SignedInAsync();

        (await RotateAsync(key.Id, 1, Now.AddMinutes(1))).ShouldBe(VirtualKeyWriteOutcome.Done);
        (await Db.Sessions.FindAsync(opened, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();

        (await RotateAsync(key.Id, 2, Now)).ShouldBe(VirtualKeyWriteOutcome.Done);
        await AssertEndedAsync(opened, pending, kept);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).Where(line => !line.IsNotice).ShouldHaveSingleItem()
            .Revocation.Target.ShouldBe(new(RevocationTargetKind.Session, opened.ToString()));
    }

    [Fact]
    public async Task Connecting_that_a_key_was_presented_for_ends_with_its_secret_and_not_what_its_owner_began()
    {
        await AddUserAsync();
        var key = await AddAsync(Usable);
        var presented = Sample.Request(Now, AuthorizationPhase.Upstream) with { Purpose = AuthorizationPurpose.ConnectSubject, ConnectedKey = key.Id, Subject = SessionOf(key).Subject };
        var owners = Sample.Request(Now, AuthorizationPhase.Upstream) with { Purpose = AuthorizationPurpose.ConnectSubject, ConnectedKey = key.Id };
        await Db.AuthorizationRequests.AddAsync(presented, default);
        await Db.AuthorizationRequests.AddAsync(owners, default);

        (await RotateAsync(key.Id, 1, Now)).ShouldBe(VirtualKeyWriteOutcome.Done);

        (await Db.AuthorizationRequests.FindAsync(presented.Id, default)).ShouldNotBeNull().Phase.ShouldBe(AuthorizationPhase.Failed);
        (await Db.AuthorizationRequests.FindAsync(owners.Id, default)).ShouldBeRow(owners);
    }

    [Fact]
    public async Task A_rotation_that_loses_ends_no_session()
    {
        var (key, opened, pending, _) = await SignedInAsync();

        (await RotateAsync(key.Id, 7, Now)).ShouldBe(VirtualKeyWriteOutcome.Conflict);

        (await Db.Sessions.FindAsync(opened, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
        (await Db.AuthorizationRequests.FindAsync(pending, default)).ShouldNotBeNull().Phase.ShouldBe(AuthorizationPhase.Upstream);
    }

    [Theory]
    [InlineData(RevocationTargetKind.VirtualKey, "another")]
    [InlineData(RevocationTargetKind.Token, "vk:another:1")]
    [InlineData(RevocationTargetKind.Token, "some-jti")]
    [InlineData(RevocationTargetKind.Client, "client-1")]
    public async Task Other_revocations_leave_the_secrets_alone(RevocationTargetKind kind, string value)
    {
        var key = await AddAsync(Usable);

        await RevokeAsync(kind, value);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key);
    }

    [Fact]
    public async Task A_quarantine_ends_no_secret_and_a_secret_that_was_ended_is_not_kept_by_a_rotation()
    {
        var key = await AddAsync(Usable);
        await RevokeAsync(RevocationTargetKind.VirtualKey, key.Id, quarantine: true);
        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key);

        await RevokeAsync(RevocationTargetKind.VirtualKey, key.Id);
        var hash = Sample.Hash();
        await Db.VirtualKeys.RotateAsync(new(key.Id, key.Generation, hash, Now.AddHours(1)), Sample.Audit(Now, AuditActions.VirtualKeyRotated), Now, default);

        (await Db.VirtualKeys.FindAsync(key.Id, default)).ShouldBeRow(key with { Generation = 2, SecretHash = hash, SecretIssuedAt = Now });
    }

    private static Session SessionOf(VirtualKey key) => Sample.Session(Now) with { Subject = new Subject(SubjectKind.VirtualKey, key.Id) };

    /// <summary>A key with a session and a request under way, and a session of another key.</summary>
    private async Task<(VirtualKey Key, SessionId Opened, string Pending, SessionId Kept)> SignedInAsync()
    {
        var key = await AddAsync(Usable);
        var other = await AddAsync(Sample.VirtualKey("other", Now));
        var pending = Sample.Request(Now, AuthorizationPhase.Upstream) with { Subject = SessionOf(key).Subject };
        await Db.AuthorizationRequests.AddAsync(pending, default);
        return (key, (await AddSessionAsync(SessionOf(key))).Id, pending.Id, (await AddSessionAsync(SessionOf(other))).Id);
    }

    private async Task AssertEndedAsync(SessionId opened, string pending, SessionId kept)
    {
        (await Db.Sessions.FindAsync(opened, default)).ShouldNotBeNull().RevokedReason.ShouldBe(RevocationReasons.VirtualKeySecretEnded);
        (await Db.AuthorizationRequests.FindAsync(pending, default)).ShouldNotBeNull().Phase.ShouldBe(AuthorizationPhase.Failed);
        (await Db.Sessions.FindAsync(kept, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    private Task<VirtualKeyWriteOutcome> RotateAsync(string id, uint generation, DateTimeOffset overlapEndsAt) =>
        Db.VirtualKeys.RotateAsync(new(id, generation, Sample.Hash(), overlapEndsAt), Sample.Audit(Now, AuditActions.VirtualKeyRotated), Now, default);

    private async Task<VirtualKey> WithOwnerAsync(string end)
    {
        if (!end.StartsWith("owner", StringComparison.Ordinal))
        {
            return Usable;
        }

        await AddUserAsync();
        return Usable with { OwnerUserId = "u1" };
    }

    private Task EndAsync(VirtualKey key, string end) => end switch
    {
        "deactivated" => UpdateAsync(key, new() { Active = false }),
        "expired" => UpdateAsync(key, new() { ExpiresAt = new(Now.AddDays(-1)) }),
        "expires now" => UpdateAsync(key, new() { ExpiresAt = new(Now) }),
        "owner disabled" => Db.DisableUserAsync("u1", Now),
        "owner deleted" => Db.DeleteUserAsync("u1"),
        _ => VirtualKeyRegistry.DeleteAsync(Db.VirtualKeys, key.Id, "system", new RequestOrigin(null, null), Now, default),
    };

    private async Task<VirtualKey> AddAsync(VirtualKey key)
    {
        (await Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        return key;
    }

    private async Task UpdateAsync(VirtualKey key, VirtualKeyChange change) =>
        (await Db.VirtualKeys.UpdateAsync(key.Id, change, Sample.Audit(Now, AuditActions.VirtualKeyUpdated), Now, default)).ShouldBe(VirtualKeyWriteOutcome.Done);

    private async Task RevokeAsync(RevocationTargetKind kind, string value, bool quarantine = false) => await Db.Revocations.AppendAsync(
        new RevocationEntry(new(kind, value), Now, Now.AddHours(3), RevocationReasons.Operator) { IsQuarantine = quarantine },
        [],
        Sample.Audit(Now, AuditActions.RevocationAdded),
        default);
}
