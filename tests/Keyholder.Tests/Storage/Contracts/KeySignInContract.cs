using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>A virtual key that was judged good signs in to an authorization request, unless it has ended meanwhile.</summary>
public abstract class KeySignInContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly byte[] Secret = Sample.Hash();
    private static readonly byte[] Older = Sample.Hash();

    private static readonly VirtualKey Usable = Sample.VirtualKey("agent", Now.AddDays(-1)) with
    {
        Generation = 3,
        SecretHash = Secret,
        Previous = new(Older, Now.AddDays(-2), Now.AddMilliseconds(1)),
        OwnerUserId = "u1",
        ExpiresAt = Now.AddMilliseconds(1),
    };

    [Theory]
    [InlineData(3u)]
    [InlineData(2u)]
    public async Task A_key_that_works_with_the_secret_signs_in_and_leads_to_consent(uint generation)
    {
        await AddKeyAsync();
        var request = await AddRequestAsync();

        (await SignInAsync(request, generation)).ShouldBe(AuthorizationTransitionOutcome.Moved);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(
            request with { Phase = AuthorizationPhase.Consent, Subject = new Subject(SubjectKind.VirtualKey, Usable.Id), AuthenticatedAt = Now.AddSeconds(-1) });
        (await SignInAsync(request, generation)).ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
        (await SignInAsync(request with { Id = "other" }, generation)).ShouldBe(AuthorizationTransitionOutcome.NotFound);
        (await SignInAsync(await AddRequestAsync(Now), generation)).ShouldBe(AuthorizationTransitionOutcome.Expired);
    }

    [Theory]
    [InlineData("never was", 3u)]
    [InlineData("deactivated", 3u)]
    [InlineData("expired", 3u)]
    [InlineData("deleted", 3u)]
    [InlineData("owner disabled", 3u)]
    [InlineData("owner deleted", 3u)]
    [InlineData("rotated", 3u)]
    [InlineData("rotated with overlap", 2u)]
    [InlineData("overlap over", 2u)]
    [InlineData("secret revoked", 3u)]
    [InlineData("older secret revoked", 2u)]
    [InlineData("key revoked", 3u)]
    [InlineData("owner revoked", 2u)]
    [InlineData("everything revoked", 3u)]
    [InlineData("another secret", 3u)]
    [InlineData("another generation", 1u)]
    [InlineData("a generation to come", 4u)]
    public async Task A_key_that_has_ended_since_it_was_judged_does_not_sign_in(string end, uint generation)
    {
        if (end != "never was")
        {
            await AddKeyAsync();
        }

        var request = await AddRequestAsync();
        var now = Now;
        switch (end)
        {
            case "deactivated": await UpdateAsync(new() { Active = false }); break;
            case "expired": now = Now.AddMilliseconds(1); break;
            case "deleted": await VirtualKeyRegistry.DeleteAsync(Db.VirtualKeys, Usable.Id, "system", new RequestOrigin(null, null), Now, default); break;
            case "owner disabled": await Db.DisableUserAsync("u1", Now); break;
            case "owner deleted": await Db.DeleteUserAsync("u1"); break;
            case "rotated": await RotateAsync(Now); break;
            case "rotated with overlap": await RotateAsync(Now.AddMinutes(1)); break;
            case "overlap over": await UpdateAsync(new() { ExpiresAt = new(Now.AddDays(1)) }); now = Now.AddMilliseconds(1); break;
            case "secret revoked": await RevokeAsync(new(RevocationTargetKind.Token, VirtualKeyTokenId.Of(Usable.Id, 3))); break;
            case "older secret revoked": await RevokeAsync(new(RevocationTargetKind.Token, VirtualKeyTokenId.Of(Usable.Id, 2))); break;
            case "key revoked": await RevokeAsync(new(RevocationTargetKind.VirtualKey, Usable.Id)); break;
            case "owner revoked": await RevokeAsync(new(RevocationTargetKind.Subject, "user:u1")); break;
            case "everything revoked": await RevokeAsync(new(RevocationTargetKind.All, "")); break;
        }

        var secret = new PresentedSecret(Usable.Id, generation, end == "another secret" ? Sample.Hash() : generation == 2 ? Older : Secret);
        (await Db.AuthorizationRequests.SignInKeyAsync(request.Id, secret, Now, now, default)).ShouldBe(AuthorizationTransitionOutcome.SubjectInactive);

        (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeRow(request);
    }

    [Fact]
    public async Task Of_sign_ins_that_cross_the_end_of_their_secret_none_is_left_to_open_a_session()
    {
        await AddKeyAsync();
        var warmed = await AddRequestAsync();
        for (var round = 0u; round < 12; round++)
        {
            var key = (await Db.VirtualKeys.FindAsync(Usable.Id, default))!;
            var requests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AddRequestAsync()));
            var secret = new PresentedSecret(key.Id, key.Generation, key.SecretHash!);

            var outcomes = await RaceAsync(
                9,
                () => Db.AuthorizationRequests.FindAsync(warmed.Id, default),
                async i =>
                {
                    if (i < 8)
                    {
                        return await Db.AuthorizationRequests.SignInKeyAsync(requests[i].Id, secret, Now, Now, default);
                    }

                    await RotateAsync(Now, key.Generation);
                    return AuthorizationTransitionOutcome.Moved;
                });

            foreach (var (request, outcome) in requests.Zip(outcomes))
            {
                outcome.ShouldBeOneOf(AuthorizationTransitionOutcome.Moved, AuthorizationTransitionOutcome.SubjectInactive);
                var left = (await Db.AuthorizationRequests.FindAsync(request.Id, default))!;
                left.Phase.ShouldBe(outcome == AuthorizationTransitionOutcome.Moved ? AuthorizationPhase.Failed : AuthorizationPhase.SignIn);
                var session = Sample.Session(Now) with { Id = request.SessionId, Subject = new Subject(SubjectKind.VirtualKey, key.Id) };
                (await Db.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(Now, AuditActions.SessionCreated), Now, default))
                    .ShouldBe(AuthorizationTransitionOutcome.WrongPhase);
                (await Db.Sessions.FindAsync(request.SessionId, default)).ShouldBeNull();
            }
        }
    }

    private async Task AddKeyAsync()
    {
        await AddUserAsync();
        (await Db.VirtualKeys.AddAsync(Usable, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default)).ShouldBe(VirtualKeyWriteOutcome.Done);
    }

    private async Task<AuthorizationRequest> AddRequestAsync(DateTimeOffset? expiresAt = null)
    {
        var sample = Sample.Request(Now);
        var request = sample with { ExpiresAt = expiresAt ?? sample.ExpiresAt };
        await Db.AuthorizationRequests.AddAsync(request, default);
        return request;
    }

    private Task<AuthorizationTransitionOutcome> SignInAsync(AuthorizationRequest request, uint generation) => Db.AuthorizationRequests.SignInKeyAsync(
        request.Id, new PresentedSecret(Usable.Id, generation, generation == 2 ? Older : Secret), Now.AddSeconds(-1), Now, default);

    private async Task RotateAsync(DateTimeOffset overlapEndsAt, uint generation = 3) =>
        (await Db.VirtualKeys.RotateAsync(new(Usable.Id, generation, Sample.Hash(), overlapEndsAt), Sample.Audit(Now, AuditActions.VirtualKeyRotated), Now, default))
            .ShouldBe(VirtualKeyWriteOutcome.Done);

    private async Task UpdateAsync(VirtualKeyChange change) =>
        (await Db.VirtualKeys.UpdateAsync(Usable.Id, change, Sample.Audit(Now, AuditActions.VirtualKeyUpdated), Now, default)).ShouldBe(VirtualKeyWriteOutcome.Done);

    private async Task RevokeAsync(RevocationTarget target) => await Db.Revocations.AppendAsync(
        new RevocationEntry(target, Now, Now.AddHours(3), RevocationReasons.Operator), [], Sample.Audit(Now, AuditActions.RevocationAdded), default);
}
