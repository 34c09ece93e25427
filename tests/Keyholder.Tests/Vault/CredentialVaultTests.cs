using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Vault;

public sealed class CredentialVaultTests
{
    private static readonly CredentialKey Alice = new(new CredentialOwner(CredentialOwnerKind.User, "alice"), "github");
    private static readonly CredentialKey Bob = Alice with { Owner = new CredentialOwner(CredentialOwnerKind.User, "bob") };
    private readonly FakeCredentialStore _store = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CredentialVault _vault;

    public CredentialVaultTests() => _vault = VaultWith(1);

    private CredentialVault VaultWith(params int[] keys) =>
        new(_store, _store, _store, new EnvelopeSealer(VaultKeys.Ring(keys)), _time, NullLogger<CredentialVault>.Instance);

    private TokenSet Tokens(string name = "1", TimeSpan? lifetime = null, bool refreshable = true) => new()
    {
        AccessToken = "access-" + name,
        TokenType = "Bearer",
        RefreshToken = refreshable ? "refresh-" + name : null,
        ExpiresAt = lifetime is null ? null : _time.GetUtcNow() + lifetime,
        Scope = "repo",
    };

    [Fact]
    public async Task A_stored_token_set_comes_back_whole_and_lies_only_sealed()
    {
        await _vault.StoreAsync(Alice, Tokens(lifetime: TimeSpan.FromHours(1)), "583231", null, default);

        var found = await _vault.FindAsync(Alice, default);
        found.Outcome.ShouldBe(CredentialFindOutcome.Found);
        found.Tokens.ShouldBe(Tokens(lifetime: TimeSpan.FromHours(1)));
        found.Row!.ProviderSubject.ShouldBe("583231");
        found.Row.Version.ShouldBe(1);
        found.Row.ExpiresAt.ShouldBe(_time.GetUtcNow().AddHours(1));
        System.Text.Encoding.Latin1.GetString(found.Row.Envelope).ShouldNotContain("access-");
        _store.Events.ShouldHaveSingleItem().Action.ShouldBe(AuditActions.CredentialStored);
    }

    [Fact]
    public async Task A_stored_header_set_comes_back_whole_and_lies_only_sealed()
    {
        var headers = new HeaderSet { Values = new Dictionary<string, string> { ["x-api-key"] = "canary" } };
        await _vault.StoreAsync(Alice, headers, null, null, default);

        var found = await _vault.FindAsync(Alice, default);

        found.Headers!.Values.ShouldBe(headers.Values);
        found.Tokens.ShouldBeNull();
        found.Row!.Kind.ShouldBe(CredentialKind.Headers);
        System.Text.Encoding.Latin1.GetString(found.Row.Envelope).ShouldNotContain("canary");
        (await _vault.NeedsConnectionAsync(Alice, "github", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_row_whose_binding_was_changed_or_taken_away_is_refused()
    {
        await _vault.StoreAsync(Alice, Tokens(), null, new CredentialBinding(Subject.User("alice"), "client"), default);
        var row = _store[Alice];

        _store[Alice] = row with { Binding = new CredentialBinding(Subject.User("mallory"), "client") };
        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.Tampered);
        _store[Alice] = row with { Binding = null };
        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.Tampered);
        _store[Alice] = row;
        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.Found);
    }

    [Fact]
    public async Task A_missing_credential_is_missing() =>
        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.Missing);

    [Fact]
    public async Task Connecting_again_keeps_the_row_counts_up_and_makes_it_active()
    {
        await _vault.StoreAsync(Alice, Tokens(), "1", null, default);
        var first = _store[Alice];
        await _vault.MarkAsync(first, CredentialStatus.NeedsReauth, "invalid_grant", default);
        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.NotActive);

        await _vault.StoreAsync(Alice, Tokens("2"), "1", null, default);

        var second = (await _vault.FindAsync(Alice, default)).Row!;
        second.RowId.ShouldBe(first.RowId);
        second.Version.ShouldBe(2);
        second.Status.ShouldBe(CredentialStatus.Active);
        second.StatusReason.ShouldBeNull();
    }

    [Theory]
    [InlineData("another")]
    [InlineData("same")]
    [InlineData(null)]
    public async Task A_new_connection_never_carries_an_old_refresh_token_over(string? account)
    {
        await _vault.StoreAsync(Alice, Tokens(), "same", null, default);

        await _vault.StoreAsync(Alice, Tokens("2", refreshable: false), account, null, default);

        (await _vault.FindAsync(Alice, default)).Tokens!.RefreshToken.ShouldBeNull();
        _store.Events[^1].Reason.ShouldBe(account == "another" ? "other_account" : null);
    }

    public static TheoryData<string> Tampers() => ["envelope", "owner", "provider", "row", "version", "account", "kind"];

    [Theory]
    [MemberData(nameof(Tampers))]
    public async Task A_row_that_was_changed_or_copied_is_refused_and_audited_once(string what)
    {
        await _vault.StoreAsync(Alice, Tokens(), "1", null, default);
        await _vault.StoreAsync(Bob, Tokens("bob"), "2", null, default);
        var mine = _store[Alice];
        var flipped = (byte[])mine.Envelope.Clone();
        flipped[^1] ^= 1;
        _store[Alice] = what switch
        {
            "envelope" => mine with { Envelope = flipped },
            "owner" => _store[Bob] with { Key = Alice },
            "provider" => mine with { Key = Alice with { Provider = "gitlab" } },
            "row" => mine with { RowId = _store[Bob].RowId },
            "version" => mine with { Version = 2 },
            "account" => mine with { ProviderSubject = "2" },
            _ => mine with { Kind = CredentialKind.Headers },
        };
        var before = _store.Events.Count;

        var found = await _vault.FindAsync(Alice, default);
        await _vault.FindAsync(Alice, default);

        found.Outcome.ShouldBe(what is "provider" ? CredentialFindOutcome.BindingMismatch : CredentialFindOutcome.Tampered);
        found.Tokens.ShouldBeNull();
        _store.Events.Skip(before).ShouldHaveSingleItem().Action.ShouldBe(AuditActions.CredentialRefused);
        (await _vault.NeedsConnectionAsync(Alice, "github", default)).ShouldBeTrue();
    }

    [Fact]
    public async Task Another_persons_row_in_place_of_mine_is_refused()
    {
        await _vault.StoreAsync(Alice, Tokens(), "1", null, default);
        await _vault.StoreAsync(Bob, Tokens("bob"), "2", null, default);
        _store[Alice] = _store[Bob];

        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.BindingMismatch);
    }

    [Fact]
    public async Task A_key_missing_from_the_ring_has_its_own_outcome()
    {
        await _vault.StoreAsync(Alice, Tokens(), "1", null, default);

        (await VaultWith(2).FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.UnknownKey);
        (await VaultWith(1, 2).FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.Found);
    }

    [Fact]
    public async Task Only_what_cannot_be_used_any_more_needs_a_connection()
    {
        (await _vault.NeedsConnectionAsync(Alice, "github", default)).ShouldBeTrue();
        await _vault.StoreAsync(Alice, Tokens(lifetime: TimeSpan.FromMinutes(1)), null, null, default);
        await _vault.StoreAsync(Bob, Tokens(lifetime: TimeSpan.FromMinutes(1), refreshable: false), null, null, default);
        (await _vault.NeedsConnectionAsync(Bob, "github", default)).ShouldBeFalse();

        _time.Advance(TimeSpan.FromMinutes(2));

        (await _vault.NeedsConnectionAsync(Alice, "github", default)).ShouldBeFalse();
        (await _vault.NeedsConnectionAsync(Bob, "github", default)).ShouldBeTrue();
        await _vault.MarkAsync(_store[Alice], CredentialStatus.NeedsReauth, "invalid_grant", default);
        (await _vault.NeedsConnectionAsync(Alice, "github", default)).ShouldBeTrue();
        await _vault.DeleteAsync(Alice, default);
        (await _vault.FindAsync(Alice, default)).Outcome.ShouldBe(CredentialFindOutcome.Missing);
    }

    [Fact]
    public async Task Writers_at_the_same_moment_all_succeed_and_the_row_opens()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _vault.StoreAsync(Alice, Tokens($"{i}"), "1", null, default))));

        var found = await _vault.FindAsync(Alice, default);
        found.Outcome.ShouldBe(CredentialFindOutcome.Found);
        found.Row!.Version.ShouldBe(8);
    }

    [Fact]
    public async Task Marking_an_outdated_row_changes_nothing()
    {
        await _vault.StoreAsync(Alice, Tokens(), "1", null, default);
        var outdated = _store[Alice];
        await _vault.StoreAsync(Alice, Tokens("2"), "1", null, default);

        (await _vault.MarkAsync(outdated, CredentialStatus.NeedsReauth, "invalid_grant", default)).ShouldBe(CredentialPutOutcome.Conflict);

        var found = await _vault.FindAsync(Alice, default);
        found.Tokens!.AccessToken.ShouldBe("access-2");
        _store.Events.ShouldNotContain(e => e.Action == AuditActions.CredentialNeedsReauth);
    }

    [Fact]
    public async Task Every_write_is_announced_even_one_whose_end_is_unknown()
    {
        var announced = new List<CredentialKey>();
        _vault.Changed += announced.Add;
        await _vault.StoreAsync(Alice, Tokens(), "1", null, default);
        var refresh = (await _store.BeginAsync(_store[Alice], _time.GetUtcNow().AddMinutes(1), _time.GetUtcNow(), default)).Refresh!;
        await _vault.CompleteRefreshAsync(refresh, _store[Alice], Tokens("2"), null, default);
        (await _vault.FailRefreshAsync(refresh, "invalid_grant", default)).ShouldBeFalse();
        await _vault.MarkAsync(_store[Alice], CredentialStatus.NeedsReauth, "invalid_grant", default);
        _store.BeforeWrite = _ => throw new IOException("the disk is gone");
        await Should.ThrowAsync<IOException>(() => _vault.DeleteAsync(Alice, default));

        announced.ShouldBe([Alice, Alice, Alice, Alice, Alice]);
    }

    [Fact]
    public async Task A_row_of_the_first_release_stays_readable()
    {
        const string envelope = "Ab4pdFRpeONzv3OjhrstLW3JkdD2uG9HE1Wnm+xEVTh//P5bsWLaL+X5GhXo+F6XOdOtzhVSsjYsKW2EqMSAJUkeD9ZmAqicDu1Yb2Z0PmADAZzj2JCcek7oM5eNsNJf0SwAWApHqedLOeizRcGClwxwVyiZ6ovGJelfWA8KJJy00AEfINsvp7PkxFK8jLjfcvlqGeVQ8BTOKw/tEEo9lHYBenipBJcFsaW/";
        _store[Alice] = new StoredCredential
        {
            RowId = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
            Key = Alice,
            Kind = CredentialKind.OAuth,
            Version = 7,
            Envelope = Convert.FromBase64String(envelope),
            Status = CredentialStatus.Active,
            ProviderSubject = "583231",
            CreatedAt = default,
            UpdatedAt = default,
        };

        var found = await _vault.FindAsync(Alice, default);

        found.Tokens.ShouldBe(new TokenSet
        {
            AccessToken = "access",
            TokenType = "Bearer",
            RefreshToken = "refresh",
            ExpiresAt = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Scope = "repo user",
        });
    }
}
