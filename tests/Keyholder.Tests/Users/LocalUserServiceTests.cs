using Keyholder.Audit;
using Keyholder.Server.Hosting;
using Keyholder.Tests.Testing;
using Keyholder.Users;

namespace Keyholder.Tests.Users;

public sealed class LocalUserServiceTests
{
    private const string Password = "correct horse battery";

    private readonly InMemoryUserStore _store = new();
    private readonly FrameworkPasswordHasher _hasher = new();
    private readonly LocalUserService _service;

    public LocalUserServiceTests() => _service = new LocalUserService(_store, _hasher, new ManualTimeProvider());

    private Task<LocalUserOutcome> AddAsync(string name, string password = Password) =>
        _service.AddAsync(name, password, null, "system", CancellationToken.None);

    [Fact]
    public async Task A_user_is_stored_under_the_normalised_name_with_a_hash_and_an_audit_event()
    {
        (await AddAsync("  Person1.Lovelace@Example.COM ")).ShouldBe(LocalUserOutcome.Done);

        var local = (await _store.FindLocalAsync("person1.lovelace@example.com", CancellationToken.None)).ShouldNotBeNull();
        local.PasswordHash.ShouldNotContain(Password);
        _hasher.Verify(local.PasswordHash, Password).ShouldBe(PasswordVerification.Verified);
        local.User.Id.Length.ShouldBe(22);
        var audit = _store.Audit.ShouldHaveSingleItem();
        (audit.Action, audit.Target).ShouldBe((AuditActions.UserAdded, "user:" + local.User.Id));
    }

    [Fact]
    public async Task A_name_that_differs_only_in_case_is_taken()
    {
        await AddAsync("person1");
        (await AddAsync("PERSON1")).ShouldBe(LocalUserOutcome.NameTaken);
        _store.Audit.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("two words")]
    [InlineData("ad\u0430")]
    [InlineData("person1\r\nadmin")]
    [InlineData("<b>person1")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task A_name_outside_the_alphabet_is_refused(string name)
    {
        (await AddAsync(name)).ShouldBe(LocalUserOutcome.NameInvalid);
        (await _store.AnyAsync(CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Passwords_outside_the_policy_are_refused_and_change_nothing()
    {
        (await AddAsync("person1", new string('x', 3) + "12345678")).ShouldBe(LocalUserOutcome.PasswordTooShort);
        (await AddAsync("person1", string.Concat(Enumerable.Repeat("ab", 129)))).ShouldBe(LocalUserOutcome.PasswordTooLong);
        (await AddAsync("person1.lovelace", "Person1.Lovelace")).ShouldBe(LocalUserOutcome.PasswordIsName);
        (await AddAsync("person1", new string('x', 20))).ShouldBe(LocalUserOutcome.PasswordTooSimple);
        (await _store.AnyAsync(CancellationToken.None)).ShouldBeFalse();

        await AddAsync("person1");
        (await _service.SetPasswordAsync("person1", "short", "system", CancellationToken.None)).ShouldBe(LocalUserOutcome.PasswordTooShort);
        _hasher.Verify((await _store.FindLocalAsync("person1", CancellationToken.None))!.PasswordHash, Password).ShouldBe(PasswordVerification.Verified);
    }

    [Fact]
    public async Task A_set_password_replaces_the_old_one_and_is_audited()
    {
        await AddAsync("person1");
        (await _service.SetPasswordAsync(" PERSON1", "another long password", "system", CancellationToken.None)).ShouldBe(LocalUserOutcome.Done);

        var hash = (await _store.FindLocalAsync("person1", CancellationToken.None))!.PasswordHash;
        _hasher.Verify(hash, Password).ShouldBe(PasswordVerification.Failed);
        _hasher.Verify(hash, "another long password").ShouldBe(PasswordVerification.Verified);
        _store.Audit[^1].Action.ShouldBe(AuditActions.UserPasswordSet);
    }

    [Fact]
    public async Task Setting_the_password_of_nobody_is_not_found() =>
        (await _service.SetPasswordAsync("nobody", Password, "system", CancellationToken.None)).ShouldBe(LocalUserOutcome.NotFound);
}
