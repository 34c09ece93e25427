using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>What every suite needs: an empty database, a moment, and short ways to put rows in.</summary>
public abstract class StorageContract<TFixture> : IAsyncLifetime
    where TFixture : StorageFixture, new()
{
    /// <summary>A moment with a fraction that only millisecond precision keeps.</summary>
    protected static DateTimeOffset Now { get; } = new(2030, 5, 6, 7, 8, 9, 123, TimeSpan.Zero);

    /// <summary>Quotes, wildcards, statement ends, other scripts and a character outside the basic plane.</summary>
    protected const string Hostile = "a'b\"c;--%_\\ DROP TABLE users; ñ 日本語 \u202e \U0001F511 \r\n\t";

    protected TFixture Db { get; } = new();

    public async ValueTask InitializeAsync() => await Db.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<User> AddUserAsync(string id = "u1")
    {
        var user = Sample.User(id, Now);
        var outcome = await Db.Users.AddLocalAsync(new LocalUser(user, "name-of-" + id, "hash"), Sample.Audit(Now, AuditActions.UserAdded), default);
        outcome.ShouldBe(UserAddOutcome.Added);
        return user;
    }

    /// <summary>Sessions are made only by completing an authorization request; this walks one there.</summary>
    protected async Task<Session> AddSessionAsync(Session session)
    {
        var request = Sample.Request(Now, AuthorizationPhase.Upstream) with { SessionId = session.Id };
        await Db.AuthorizationRequests.AddAsync(request, default);
        var outcome = await Db.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(Now, AuditActions.SessionCreated), Now, default);
        outcome.ShouldBe(AuthorizationTransitionOutcome.Moved);
        return session;
    }

    /// <summary>A stored session whose code is redeemed, and the secret hash of its first refresh token.</summary>
    protected async Task<(Session Session, byte[] RefreshHash)> AddRedeemedSessionAsync(Session? sample = null)
    {
        var session = await AddSessionAsync(sample ?? Sample.Session(Now));
        var hash = Sample.Hash();
        var (outcome, redeemed) = await Db.Sessions.RedeemCodeAsync(Sample.Redemption(session, hash, Now), Now, default);
        outcome.ShouldBe(RedeemOutcome.Redeemed);
        return (redeemed!, hash);
    }

    /// <summary>A virtual key's credential is only stored for a key that is there: this makes it, if the owner is one.</summary>
    protected async Task EnsureKeyAsync(CredentialOwner owner)
    {
        if (owner.Kind == CredentialOwnerKind.VirtualKey && await Db.VirtualKeys.FindAsync(owner.Id, default) is null)
        {
            await Db.VirtualKeys.AddAsync(Sample.VirtualKey("key-" + owner.Id, Now) with { Id = owner.Id }, Sample.Audit(Now, AuditActions.VirtualKeyCreated), default);
        }
    }

    protected async Task<IReadOnlyList<string>> AuditedActionsAsync() =>
        [.. (await Db.Audit.ListAsync(1000, default)).Select(audit => audit.Action)];

    /// <summary>Runs callers at once on threads of their own turn, after the path has been warmed up by <paramref name="warmUp"/>.</summary>
    protected static async Task<IReadOnlyList<T>> RaceAsync<T>(int callers, Func<Task> warmUp, Func<int, Task<T>> call)
    {
        await warmUp();
        using var start = new ManualResetEventSlim();
        var tasks = Enumerable.Range(0, callers)
            .Select(i => Task.Run(async () =>
            {
                start.Wait();
                return await call(i);
            }))
            .ToList();
        start.Set();
        return await Task.WhenAll(tasks);
    }
}
