using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary><see cref="ISessionStore.RedeemCodeAsync"/>: one conditional update, and the reason of every loss.</summary>
public abstract class RedemptionContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_code_is_redeemed_and_starts_the_lineage_at_generation_1()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var hash = Sample.Hash();
        var later = Now.AddMilliseconds(17);

        var (outcome, redeemed) = await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, hash, later), later, default);

        outcome.ShouldBe(RedeemOutcome.Redeemed);
        redeemed.ShouldBeRow(session with
        {
            Generation = 1,
            RefreshHash = hash,
            LastUsedAt = later,
            IdleExpiresAt = later.AddDays(30),
            Code = session.Code with { RedeemedAt = later },
        });
        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeRow(redeemed);
    }

    [Fact]
    public async Task The_first_refresh_token_may_be_kept_sealed_for_the_holder_of_the_code()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var seal = Sample.Hash();

        var (_, redeemed) = await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, Sample.Hash(), Now) with { SealedSuccessor = seal }, Now, default);

        redeemed!.SealedSuccessor.ShouldBe(seal);
    }

    [Fact]
    public async Task The_idle_expiry_never_passes_the_absolute_one()
    {
        var session = await AddSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = Now.AddDays(2) });

        var (_, redeemed) = await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, Sample.Hash(), Now), Now, default);

        redeemed!.IdleExpiresAt.ShouldBe(Now.AddDays(2));
    }

    [Fact]
    public async Task A_wrong_secret_or_client_is_a_mismatch_and_leaves_the_code_redeemable()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var redemption = Sample.Redemption(session, Sample.Hash(), Now);
        var flipped = (byte[])redemption.CodeHash.Clone();
        flipped[31] ^= 1;

        await ShouldLoseAsync(redemption with { CodeHash = flipped }, RedeemOutcome.Mismatch, session);
        await ShouldLoseAsync(redemption with { CodeHash = [] }, RedeemOutcome.Mismatch, session);
        await ShouldLoseAsync(redemption with { ClientId = "client-2" }, RedeemOutcome.Mismatch, session);

        (await RedeemAsync(redemption, Now)).ShouldBe(RedeemOutcome.Redeemed);
    }

    [Fact]
    public async Task A_code_expires_to_the_millisecond()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var redemption = Sample.Redemption(session, Sample.Hash(), Now);

        await ShouldLoseAsync(redemption, RedeemOutcome.Expired, session, session.Code.ExpiresAt);
        (await RedeemAsync(redemption, session.Code.ExpiresAt.AddMilliseconds(-1))).ShouldBe(RedeemOutcome.Redeemed);
    }

    [Fact]
    public async Task A_code_of_an_expired_session_is_expired()
    {
        var session = await AddSessionAsync(Sample.Session(Now) with { AbsoluteExpiresAt = Now.AddSeconds(1) });

        await ShouldLoseAsync(Sample.Redemption(session, Sample.Hash(), Now), RedeemOutcome.Expired, session, Now.AddSeconds(1));
    }

    [Fact]
    public async Task A_second_redemption_is_told_even_after_the_code_has_expired_but_only_with_the_right_secret_and_client()
    {
        var (session, _) = await AddRedeemedSessionAsync();
        var again = Sample.Redemption(session, Sample.Hash(), Now);

        await ShouldLoseAsync(again, RedeemOutcome.AlreadyRedeemed, session);
        await ShouldLoseAsync(again, RedeemOutcome.AlreadyRedeemed, session, session.Code.ExpiresAt.AddDays(1));
        await ShouldLoseAsync(again with { CodeHash = Sample.Hash() }, RedeemOutcome.Mismatch, session);
        await ShouldLoseAsync(again with { ClientId = "client-2" }, RedeemOutcome.Mismatch, session);
    }

    [Fact]
    public async Task A_code_of_a_revoked_session_is_not_redeemed()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        await Db.Sessions.RevokeAsync(session.Id, RevocationReasons.Operator, Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);

        var revoked = session with { RevokedAt = Now, RevokedReason = RevocationReasons.Operator };
        await ShouldLoseAsync(Sample.Redemption(session, Sample.Hash(), Now), RedeemOutcome.Revoked, revoked);
    }

    [Fact]
    public async Task A_code_of_a_missing_or_disabled_user_is_not_redeemed()
    {
        await AddUserAsync("u1");
        await Db.DisableUserAsync("u1", Now);
        var disabled = await AddSessionAsync(Sample.Session(Now) with { Subject = Subject.User("u1") });
        var missing = await AddSessionAsync(Sample.Session(Now) with { Subject = Subject.User("u2") });

        await ShouldLoseAsync(Sample.Redemption(disabled, Sample.Hash(), Now), RedeemOutcome.SubjectInactive, disabled);
        await ShouldLoseAsync(Sample.Redemption(missing, Sample.Hash(), Now), RedeemOutcome.SubjectInactive, missing);
    }

    [Fact]
    public async Task A_code_of_an_unknown_virtual_key_is_not_redeemed()
    {
        var session = await AddSessionAsync(Sample.Session(Now) with { Subject = new Subject(SubjectKind.VirtualKey, "vk1") });

        await ShouldLoseAsync(Sample.Redemption(session, Sample.Hash(), Now), RedeemOutcome.SubjectInactive, session);
    }

    [Fact]
    public async Task Of_64_parallel_redemptions_of_one_code_one_succeeds()
    {
        var warm = await AddSessionAsync(Sample.Session(Now));
        var session = await AddSessionAsync(Sample.Session(Now));
        var hashes = Enumerable.Range(0, 64).Select(_ => Sample.Hash()).ToList();

        var results = await RaceAsync(
            64,
            () => RedeemAsync(Sample.Redemption(warm, Sample.Hash(), Now), Now),
            async i => (Index: i, Result: await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, hashes[i], Now), Now, default)));

        var winner = results.Where(entry => entry.Result.Outcome == RedeemOutcome.Redeemed).ShouldHaveSingleItem();
        results.Count(entry => entry.Result.Outcome == RedeemOutcome.AlreadyRedeemed).ShouldBe(63);
        results.ShouldAllBe(entry => entry.Result.Session!.RefreshHash!.SequenceEqual(hashes[winner.Index]));
    }

    private async Task<RedeemOutcome> RedeemAsync(CodeRedemption redemption, DateTimeOffset at) =>
        (await Db.Sessions.RedeemCodeAsync(redemption, at, default)).Outcome;

    private async Task ShouldLoseAsync(CodeRedemption redemption, RedeemOutcome expected, Session unchanged, DateTimeOffset? at = null)
    {
        var (outcome, session) = await Db.Sessions.RedeemCodeAsync(redemption, at ?? Now, default);

        outcome.ShouldBe(expected);
        session.ShouldBeRow(unchanged);
        (await Db.Sessions.FindAsync(unchanged.Id, default)).ShouldBeRow(unchanged);
    }
}
