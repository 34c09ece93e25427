using System.Net;
using System.Security.Cryptography;
using System.Text;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Users;

namespace Keyholder.Tests.Users;

public sealed class LocalSignInTests : IPasswordHasher, IAuditStore, IDisposable
{
    private const string Password = "correct horse battery";

    private readonly InMemoryUserStore _store = new();
    private readonly List<AuditEvent> _audit = [];
    private readonly List<string> _verified = [];
    private readonly ManualTimeProvider _time = new();
    private readonly PasswordHashingSlots _slots = new(free: 1, waiting: 0);
    private readonly LocalSignIn _signIn;
    private string _scheme = "v1:";

    public LocalSignInTests() => _signIn = new(_store, this, new SignInThrottle(new AuthorizationOptions(), _time), _slots, this, _time);

    public void Dispose() => _slots.Dispose();

    private async Task AddAsync(string name) =>
        (await new LocalUserService(_store, this, _time).AddAsync(name, Password, null, "system", CancellationToken.None)).ShouldBe(LocalUserOutcome.Done);

    private async Task<LocalSignInOutcome> SignInAsync(string? name, string? password) =>
        (await _signIn.SignInAsync(name, password, IPAddress.Loopback, "request-1", CancellationToken.None)).Outcome;

    [Fact]
    public async Task The_right_password_signs_in_under_any_spelling_of_the_name()
    {
        await AddAsync("person1");
        var (outcome, user) = await _signIn.SignInAsync(" Person1 ", Password, IPAddress.Loopback, "request-1", CancellationToken.None);
        outcome.ShouldBe(LocalSignInOutcome.SignedIn);
        user!.DisplayName.ShouldBe("person1");
        _audit.ShouldBeEmpty();
    }

    [Fact]
    public async Task Unknown_names_and_wrong_passwords_cost_one_verification_each_and_look_the_same()
    {
        await AddAsync("person1");
        (string?, string?)[] attempts = [("person1", "wrong password"), ("nobody", Password), ("", ""), (null, null), ("two words", Password), ("person1", new string('x', 300))];
        foreach (var (name, password) in attempts)
        {
            _verified.Clear();
            (await SignInAsync(name, password)).ShouldBe(LocalSignInOutcome.Refused);
            _verified.Count.ShouldBe(1);
        }

        _audit.ShouldAllBe(e => e.Action == AuditActions.SignInFailed && e.RemoteAddress == "127.0.0.1" && e.RequestId == "request-1");
        _audit.ShouldAllBe(e => !e.ToString().Contains("nobody", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disabled_user_is_refused_like_a_wrong_password()
    {
        await AddAsync("person1");
        _store.Disable("person1", _time.GetUtcNow());
        (await SignInAsync("person1", Password)).ShouldBe(LocalSignInOutcome.Refused);
        _verified.Count.ShouldBe(1);
    }

    [Fact]
    public async Task After_too_many_failures_even_the_right_password_is_not_looked_at()
    {
        await AddAsync("person1");
        for (var i = 0; i < 10; i++)
        {
            (await SignInAsync("person1", "wrong password")).ShouldBe(LocalSignInOutcome.Refused);
        }

        _verified.Clear();
        (await SignInAsync("person1", Password)).ShouldBe(LocalSignInOutcome.RateLimited);
        _verified.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await SignInAsync("person1", Password)).ShouldBe(LocalSignInOutcome.SignedIn);
    }

    [Fact]
    public async Task While_every_slot_is_taken_no_password_is_looked_at_and_nothing_counts_as_a_failure()
    {
        await AddAsync("person1");
        (await _slots.TryEnterAsync(CancellationToken.None)).ShouldBeTrue();
        for (var i = 0; i < 20; i++)
        {
            (await SignInAsync("person1", "wrong password")).ShouldBe(LocalSignInOutcome.RateLimited);
        }

        _verified.ShouldBeEmpty();
        _slots.Leave();
        (await SignInAsync("person1", Password)).ShouldBe(LocalSignInOutcome.SignedIn);
    }

    [Fact]
    public async Task An_outdated_hash_is_replaced_at_the_next_sign_in()
    {
        await AddAsync("person1");
        _scheme = "v2:";
        (await SignInAsync("person1", Password)).ShouldBe(LocalSignInOutcome.SignedIn);
        (await _store.FindLocalAsync("person1", CancellationToken.None))!.PasswordHash.ShouldStartWith("v2:");
    }

    string IPasswordHasher.Hash(string password) => _scheme + Digest(password);

    PasswordVerification IPasswordHasher.Verify(string hash, string password)
    {
        _verified.Add(hash);
        if (hash[3..] != Digest(password))
        {
            return PasswordVerification.Failed;
        }

        return hash.StartsWith(_scheme, StringComparison.Ordinal) ? PasswordVerification.Verified : PasswordVerification.VerifiedOutdated;
    }

    private static string Digest(string password) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    Task IAuditStore.AppendAsync(AuditEvent audit, CancellationToken cancellationToken)
    {
        _audit.Add(audit);
        return Task.CompletedTask;
    }

    Task<IReadOnlyList<AuditEvent>> IAuditStore.ListAsync(int limit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AuditEvent>>(_audit);
}
