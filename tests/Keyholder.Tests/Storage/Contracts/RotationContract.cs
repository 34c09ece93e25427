using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary><see cref="ISessionStore.RotateAsync"/>: one compare-and-swap, and the reason of every loss.</summary>
public abstract class RotationContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task The_newest_token_is_replaced_by_its_successor()
    {
        var (session, hash) = await AddRedeemedSessionAsync();
        var rotation = Sample.Rotation(session, hash, Now);
        var later = Now.AddMilliseconds(1);

        var (outcome, rotated) = await Db.Sessions.RotateAsync(rotation, later, default);

        outcome.ShouldBe(RotateOutcome.Rotated);
        rotated.ShouldBeRow(session with
        {
            Generation = 2,
            RefreshHash = rotation.SuccessorHash,
            PreviousHash = hash,
            SealedSuccessor = rotation.SealedSuccessor,
            RotatedAt = later,
            LastUsedAt = later,
            IdleExpiresAt = rotation.IdleExpiresAt,
        });
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeRow(rotated);
    }

    [Fact]
    public async Task A_rotation_that_names_no_resource_rotates()
    {
        var (session, hash) = await AddRedeemedSessionAsync();

        (await RotateAsync(Sample.Rotation(session, hash, Now) with { Resource = null })).ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task A_rotation_never_moves_the_absolute_expiry_nor_the_idle_one_past_it()
    {
        var (session, hash) = await AddRedeemedSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = Now.AddDays(40) });

        var (_, rotated) = await Db.Sessions.RotateAsync(Sample.Rotation(session, hash, Now) with { IdleExpiresAt = Now.AddDays(50) }, Now, default);

        rotated!.IdleExpiresAt.ShouldBe(Now.AddDays(40));
        rotated.AbsoluteExpiresAt.ShouldBe(Now.AddDays(40));
    }

    [Fact]
    public async Task A_wrong_client_or_resource_is_a_mismatch_and_changes_nothing()
    {
        var (session, hash) = await AddRedeemedSessionAsync();
        var rotation = Sample.Rotation(session, hash, Now);

        await ShouldLoseAsync(rotation with { ClientId = "client-2" }, RotateOutcome.Mismatch, session);
        await ShouldLoseAsync(rotation with { ClientId = "CLIENT-1" }, RotateOutcome.Mismatch, session);
        await ShouldLoseAsync(rotation with { Resource = session.Resource + "/" }, RotateOutcome.Mismatch, session);
        await ShouldLoseAsync(rotation with { Resource = "" }, RotateOutcome.Mismatch, session);

        (await RotateAsync(rotation)).ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task A_revoked_session_does_not_rotate()
    {
        var (session, hash) = await AddRedeemedSessionAsync();
        await Db.Sessions.RevokeAsync(session.Id, RevocationReasons.Operator, Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);
        var revoked = session with { RevokedAt = Now, RevokedReason = RevocationReasons.Operator };

        await ShouldLoseAsync(Sample.Rotation(session, hash, Now), RotateOutcome.Revoked, revoked);
        await ShouldLoseAsync(Sample.Rotation(session, hash, Now) with { ClientId = "client-2" }, RotateOutcome.Mismatch, revoked);
    }

    [Fact]
    public async Task A_session_ends_at_its_idle_expiry_to_the_millisecond()
    {
        var (session, hash) = await AddRedeemedSessionAsync();

        await ShouldLoseAsync(Sample.Rotation(session, hash, Now), RotateOutcome.Expired, session, at: session.IdleExpiresAt);
        (await RotateAsync(Sample.Rotation(session, hash, Now), session.IdleExpiresAt.AddMilliseconds(-1))).ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task A_session_ends_at_its_absolute_expiry_to_the_millisecond()
    {
        var (session, hash) = await AddRedeemedSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = Now.AddDays(10) });

        await ShouldLoseAsync(Sample.Rotation(session, hash, Now), RotateOutcome.Expired, session, at: session.AbsoluteExpiresAt);
        (await RotateAsync(Sample.Rotation(session, hash, Now), session.AbsoluteExpiresAt.AddMilliseconds(-1))).ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task A_session_of_a_disabled_user_does_not_rotate()
    {
        await AddUserAsync("u1");
        var (session, hash) = await AddRedeemedSessionAsync(Sample.Session(Now) with { Subject = Subject.User("u1") });
        await Db.DisableUserAsync("u1", Now);

        await ShouldLoseAsync(Sample.Rotation(session, hash, Now), RotateOutcome.SubjectInactive, session);
    }

    [Fact]
    public async Task A_session_of_a_deleted_user_does_not_rotate()
    {
        await AddUserAsync("u1");
        var (session, hash) = await AddRedeemedSessionAsync(Sample.Session(Now) with { Subject = Subject.User("u1") });
        await Db.DeleteUserAsync("u1");

        await ShouldLoseAsync(Sample.Rotation(session, hash, Now), RotateOutcome.SubjectInactive, session);
    }

    [Fact]
    public async Task A_session_of_an_unknown_virtual_key_does_not_rotate()
    {
        var hash = Sample.Hash();
        var session = await AddSessionAsync(
            Sample.Session(Now) with { Subject = new Subject(SubjectKind.VirtualKey, "vk1"), Generation = 1, RefreshHash = hash });

        await ShouldLoseAsync(Sample.Rotation(session, hash, Now), RotateOutcome.SubjectInactive, session);
    }

    [Fact]
    public async Task A_session_of_a_live_user_rotates()
    {
        await AddUserAsync("u1");
        var (session, hash) = await AddRedeemedSessionAsync(Sample.Session(Now) with { Subject = Subject.User("u1") });

        (await RotateAsync(Sample.Rotation(session, hash, Now))).ShouldBe(RotateOutcome.Rotated);
    }

    [Fact]
    public async Task The_predecessor_is_told_from_every_older_or_foreign_token()
    {
        var (first, hash) = await AddRedeemedSessionAsync();
        var rotation = Sample.Rotation(first, hash, Now);
        var (_, second) = await Db.Sessions.RotateAsync(rotation, Now, default);

        await ShouldLoseAsync(Sample.Rotation(first, hash, Now), RotateOutcome.Predecessor, second!);
        await ShouldLoseAsync(Sample.Rotation(first, Sample.Hash(), Now), RotateOutcome.Superseded, second!);
        await ShouldLoseAsync(Sample.Rotation(second!, Sample.Hash(), Now), RotateOutcome.Superseded, second!);
        await ShouldLoseAsync(Sample.Rotation(second!, hash, Now), RotateOutcome.Superseded, second!);
        await ShouldLoseAsync(Sample.Rotation(first, rotation.SuccessorHash, Now), RotateOutcome.Superseded, second!);
        await ShouldLoseAsync(Sample.Rotation(first, hash, Now) with { Generation = uint.MaxValue }, RotateOutcome.Superseded, second!);

        var (_, third) = await Db.Sessions.RotateAsync(Sample.Rotation(second!, rotation.SuccessorHash, Now), Now, default);
        await ShouldLoseAsync(Sample.Rotation(first, hash, Now), RotateOutcome.Superseded, third!);
        await ShouldLoseAsync(Sample.Rotation(second!, rotation.SuccessorHash, Now), RotateOutcome.Predecessor, third!);
    }

    [Fact]
    public async Task A_session_without_refresh_token_never_rotates()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        await ShouldLoseAsync(Sample.Rotation(session, Sample.Hash(), Now), RotateOutcome.Superseded, session);

        var (_, redeemed) = await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, [], Now) with { RefreshHash = null }, Now, default);
        await ShouldLoseAsync(Sample.Rotation(redeemed!, Sample.Hash(), Now), RotateOutcome.Superseded, redeemed!);
        await ShouldLoseAsync(Sample.Rotation(redeemed!, [], Now), RotateOutcome.Superseded, redeemed!);
    }

    [Fact]
    public async Task Of_64_parallel_rotations_of_one_token_one_rotates_and_63_hold_the_predecessor()
    {
        var (warm, warmHash) = await AddRedeemedSessionAsync();
        var (session, hash) = await AddRedeemedSessionAsync();
        var rotations = Enumerable.Range(0, 64).Select(_ => Sample.Rotation(session, hash, Now)).ToList();

        var results = await RaceAsync(
            64,
            () => RotateAsync(Sample.Rotation(warm, warmHash, Now)),
            async i => (Index: i, Result: await Db.Sessions.RotateAsync(rotations[i], Now, default)));

        var winner = results.Where(entry => entry.Result.Outcome == RotateOutcome.Rotated).ShouldHaveSingleItem();
        results.Count(entry => entry.Result.Outcome == RotateOutcome.Predecessor).ShouldBe(63);
        foreach (var (_, result) in results)
        {
            result.Session!.Generation.ShouldBe(2u);
            result.Session.RefreshHash.ShouldBe(rotations[winner.Index].SuccessorHash);
            result.Session.SealedSuccessor.ShouldBe(rotations[winner.Index].SealedSuccessor);
        }
    }

    [Fact]
    public async Task Parallel_rotations_of_many_sessions_all_succeed()
    {
        var sessions = new List<(Session Session, byte[] Hash)>();
        for (var i = 0; i < 32; i++)
        {
            sessions.Add(await AddRedeemedSessionAsync());
        }

        var outcomes = await RaceAsync(32, () => Task.CompletedTask, i => RotateAsync(Sample.Rotation(sessions[i].Session, sessions[i].Hash, Now)));

        outcomes.ShouldAllBe(outcome => outcome == RotateOutcome.Rotated);
    }

    private async Task<RotateOutcome> RotateAsync(Rotation rotation, DateTimeOffset? at = null) =>
        (await Db.Sessions.RotateAsync(rotation, at ?? Now, default)).Outcome;

    private async Task ShouldLoseAsync(Rotation rotation, RotateOutcome expected, Session unchanged, DateTimeOffset? at = null)
    {
        var (outcome, session) = await Db.Sessions.RotateAsync(rotation, at ?? Now, default);

        outcome.ShouldBe(expected);
        session.ShouldBeRow(unchanged);
        (await Db.Sessions.FindAsync(unchanged.Id, default)).ShouldBeRow(unchanged);
    }
}
