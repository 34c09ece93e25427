using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class UserStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_local_user_comes_back_as_stored_and_the_addition_is_audited()
    {
        var local = new LocalUser(new User(Hostile, Hostile, Now), Hostile, Hostile);

        (await AddAsync(local)).ShouldBe(UserAddOutcome.Added);

        (await Db.Users.FindLocalAsync(Hostile, default)).ShouldBeRow(local);
        (await Db.Users.FindAsync(Hostile, default)).ShouldBe(local.User);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.UserAdded]);
    }

    [Theory]
    [InlineData("a_a")]
    [InlineData("a%")]
    [InlineData("PERSON1")]
    [InlineData("")]
    public async Task A_user_is_found_by_the_exact_name_and_id_only(string other)
    {
        await AddAsync(new LocalUser(new User("person1", "Person1", Now), "person1", "hash"));

        (await Db.Users.FindLocalAsync(other, default)).ShouldBeNull();
        (await Db.Users.FindAsync(other, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_taken_name_changes_nothing()
    {
        var first = new LocalUser(new User("u1", "Person1", Now), "person1", "hash-1");
        await AddAsync(first);

        (await AddAsync(new LocalUser(new User("u2", "Other", Now), "person1", "hash-2"))).ShouldBe(UserAddOutcome.NameTaken);

        (await Db.Users.FindLocalAsync("person1", default)).ShouldBeRow(first);
        (await Db.Users.FindAsync("u2", default)).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.UserAdded]);
    }

    [Fact]
    public async Task Concurrent_additions_of_one_name_add_one_user()
    {
        var outcomes = await RaceAsync(
            32,
            () => AddUserAsync("warm"),
            i => AddAsync(new LocalUser(new User("u" + i, "Person1", Now), "person1", "hash-" + i)));

        outcomes.Count(outcome => outcome == UserAddOutcome.Added).ShouldBe(1);
        outcomes.Count(outcome => outcome == UserAddOutcome.NameTaken).ShouldBe(31);
        var winner = outcomes.ToList().IndexOf(UserAddOutcome.Added);
        (await Db.Users.FindLocalAsync("person1", default))!.User.Id.ShouldBe("u" + winner);
    }

    [Fact]
    public async Task A_password_is_replaced_and_audited_only_for_a_known_name()
    {
        await AddUserAsync("u1");

        (await Db.Users.SetPasswordAsync("nobody", "new", Sample.Audit(Now, "test"), default)).ShouldBeFalse();
        (await Db.Users.SetPasswordAsync("name-of-u1", "new", Sample.Audit(Now, "test"), default)).ShouldBeTrue();

        (await Db.Users.FindLocalAsync("name-of-u1", default))!.PasswordHash.ShouldBe("new");
        (await AuditedActionsAsync()).ShouldBe(["test", AuditActions.UserAdded]);
    }

    [Fact]
    public async Task A_rehash_never_undoes_a_changed_password()
    {
        await AddUserAsync("u1");
        (await Db.Users.RehashPasswordAsync("name-of-u1", "hash", "better", default)).ShouldBeTrue();
        await Db.Users.SetPasswordAsync("name-of-u1", "changed", Sample.Audit(Now, "test"), default);

        (await Db.Users.RehashPasswordAsync("name-of-u1", "better", "best", default)).ShouldBeFalse();
        (await Db.Users.RehashPasswordAsync("nobody", "better", "best", default)).ShouldBeFalse();

        (await Db.Users.FindLocalAsync("name-of-u1", default))!.PasswordHash.ShouldBe("changed");
    }

    [Fact]
    public async Task A_disabled_user_is_returned()
    {
        var user = await AddUserAsync("u1");
        await Db.DisableUserAsync("u1", Now);

        (await Db.Users.FindAsync("u1", default)).ShouldBe(user with { DisabledAt = Now });
        (await Db.Users.FindLocalAsync("name-of-u1", default))!.User.DisabledAt.ShouldBe(Now);
    }

    [Fact]
    public async Task An_identity_names_the_user_it_named_first()
    {
        var identity = new ProviderIdentity("google", Hostile);

        var first = await Db.Users.FindOrAddByIdentityAsync(identity, Sample.User("u1", Now), Sample.Audit(Now, AuditActions.UserAdded), default);
        var second = await Db.Users.FindOrAddByIdentityAsync(identity, Sample.User("u2", Now), Sample.Audit(Now, AuditActions.UserAdded), default);

        first.ShouldBe(Sample.User("u1", Now));
        second.ShouldBe(first);
        (await Db.Users.FindAsync("u1", default)).ShouldBe(first);
        (await Db.Users.FindAsync("u2", default)).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.UserAdded]);
    }

    [Fact]
    public async Task The_same_subject_at_another_provider_or_in_another_case_is_another_user()
    {
        var one = await Db.Users.FindOrAddByIdentityAsync(new ProviderIdentity("google", "person1"), Sample.User("u1", Now), Sample.Audit(Now, AuditActions.UserAdded), default);
        var two = await Db.Users.FindOrAddByIdentityAsync(new ProviderIdentity("github", "person1"), Sample.User("u2", Now), Sample.Audit(Now, AuditActions.UserAdded), default);
        var three = await Db.Users.FindOrAddByIdentityAsync(new ProviderIdentity("google", "Person1"), Sample.User("u3", Now), Sample.Audit(Now, AuditActions.UserAdded), default);

        new[] { one.Id, two.Id, three.Id }.ShouldBe(["u1", "u2", "u3"]);
    }

    [Fact]
    public async Task Concurrent_first_sign_ins_make_one_user()
    {
        var identity = new ProviderIdentity("google", "person1");

        var users = await RaceAsync(
            32,
            () => AddUserAsync("warm"),
            i => Db.Users.FindOrAddByIdentityAsync(identity, Sample.User("u" + i, Now), Sample.Audit(Now, AuditActions.UserAdded), default));

        var user = users.Distinct().ShouldHaveSingleItem();
        for (var i = 0; i < 32; i++)
        {
            (await Db.Users.FindAsync("u" + i, default) is not null).ShouldBe("u" + i == user.Id);
        }
    }

    [Fact]
    public async Task Whether_a_user_administers_is_changed_once_and_audited_with_the_change()
    {
        var user = await AddUserAsync("u1");
        await AddUserAsync("u2");

        (await SetAdministratorAsync("u1", !user.Administrator)).ShouldBe(UserChangeOutcome.Changed);
        (await SetAdministratorAsync("u1", !user.Administrator)).ShouldBe(UserChangeOutcome.Unchanged);
        (await SetAdministratorAsync("nobody", true)).ShouldBe(UserChangeOutcome.NotFound);

        (await Db.Users.FindAsync("u1", default)).ShouldBe(user with { Administrator = !user.Administrator });
        (await Db.Users.FindAsync("u2", default))!.Administrator.ShouldBe(user.Administrator);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.UserAdministratorRevoked).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_that_change_it_at_once_one_does()
    {
        await AddUserAsync("u1");

        var outcomes = await RaceAsync(16, () => AddUserAsync("warm"), _ => SetAdministratorAsync("u1", false));

        outcomes.Count(outcome => outcome == UserChangeOutcome.Changed).ShouldBe(1);
        outcomes.Count(outcome => outcome == UserChangeOutcome.Unchanged).ShouldBe(15);
    }

    [Fact]
    public async Task Whether_any_user_exists_is_known()
    {
        (await Db.Users.AnyAsync(default)).ShouldBeFalse();
        await AddUserAsync("u1");
        (await Db.Users.AnyAsync(default)).ShouldBeTrue();
    }

    private Task<UserChangeOutcome> SetAdministratorAsync(string id, bool administrator) =>
        Db.Users.SetAdministratorAsync(id, administrator, Sample.Audit(Now, AuditActions.UserAdministratorRevoked), default);

    private Task<UserAddOutcome> AddAsync(LocalUser user) => Db.Users.AddLocalAsync(user, Sample.Audit(Now, AuditActions.UserAdded), default);
}
