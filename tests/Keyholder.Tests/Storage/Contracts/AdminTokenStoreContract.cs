using Keyholder.Audit;
using Keyholder.Tokens;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class AdminTokenStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_token_comes_back_as_it_was_stored()
    {
        var token = Token(Hostile);

        (await AddAsync(token)).ShouldBeTrue();

        (await Db.AdminTokens.FindAsync(token.Id, default)).ShouldBeRow(token);
        (await Db.AdminTokens.FindAsync(Sample.Id(), default)).ShouldBeNull();
        (await Db.AdminTokens.ListAsync(default)).ShouldHaveSingleItem().ShouldBeRow(token);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.AdminTokenCreated]);
    }

    [Fact]
    public async Task A_name_is_given_once_even_after_its_token_was_revoked()
    {
        var first = Token("ci");
        await AddAsync(first);
        await RevokeAsync("ci");

        (await AddAsync(Token("ci"))).ShouldBeFalse();

        (await Db.AdminTokens.ListAsync(default)).ShouldHaveSingleItem().Id.ShouldBe(first.Id);
        (await AuditedActionsAsync()).ShouldBe([AuditActions.AdminTokenRevoked, AuditActions.AdminTokenCreated]);
    }

    [Fact]
    public async Task Of_many_that_add_one_name_one_does()
    {
        var added = await RaceAsync(16, () => AddAsync(Token("warm")), _ => AddAsync(Token("ci")));

        added.Count(won => won).ShouldBe(1);
        (await Db.AdminTokens.ListAsync(default)).Select(token => token.Name).ShouldBe(["ci", "warm"]);
    }

    [Fact]
    public async Task A_token_is_revoked_once_and_the_others_stay()
    {
        var revoked = Token("a");
        var kept = Token("b");
        await AddAsync(revoked);
        await AddAsync(kept);

        (await RevokeAsync("a")).ShouldBeTrue();
        (await RevokeAsync("a")).ShouldBeFalse();
        (await RevokeAsync("nobody")).ShouldBeFalse();

        (await Db.AdminTokens.FindAsync(revoked.Id, default)).ShouldBeRow(revoked with { RevokedAt = Now });
        (await Db.AdminTokens.FindAsync(kept.Id, default)).ShouldBeRow(kept);
        (await AuditedActionsAsync()).Count(action => action == AuditActions.AdminTokenRevoked).ShouldBe(1);
    }

    private static AdminToken Token(string name) => new() { Id = Sample.Id(), Name = name, SecretHash = Sample.Hash(), CreatedAt = Now };

    private Task<bool> AddAsync(AdminToken token) => Db.AdminTokens.AddAsync(token, Sample.Audit(Now, AuditActions.AdminTokenCreated), default);

    private Task<bool> RevokeAsync(string name) => Db.AdminTokens.RevokeAsync(name, Sample.Audit(Now, AuditActions.AdminTokenRevoked), Now, default);
}
