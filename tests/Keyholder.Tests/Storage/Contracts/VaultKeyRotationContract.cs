using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>A change of the vault's keys on real rows of every kind.</summary>
public abstract class VaultKeyRotationContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private readonly ManualTimeProvider _time = new(Now);

    [Fact]
    public async Task After_a_pass_everything_opens_with_the_new_key_alone()
    {
        var state = Sample.Hash();
        await FillAsync(VaultKeys.Ring(1), credentials: 3, state);

        var result = await PassAsync(VaultKeys.Ring(1, 2));

        result.ShouldBe(new ResealResult("key-2", Resealed: 6, Unopened: 0, Finished: true));
        (await Db.SealedRows.CountAsync(default)).ShouldAllBe(count => count.KeyMark.SequenceEqual(VaultKeys.Ring(2).FindMark("key-2")!));
        var sealer = new EnvelopeSealer(VaultKeys.Ring(2));
        (await VaultWith(VaultKeys.Ring(2)).FindAsync(KeyOf(2), default)).Tokens!.AccessToken.ShouldBe("access-2");
        new LegSecretsSealer(sealer).Open((await Db.SealedRows.ReadAsync(SealedKind.ConnectionFlow, null, null, 1, default))[0].Envelope, state, "github").ShouldNotBeNull().Nonce.ShouldBe("nonce");
        await ServerSecrets.LoadAsync(Db.ServerSecrets, sealer, _time, default);
        await SigningKeyRing.LoadAsync(Db.ServerSecrets, sealer, _time, default);
    }

    [Fact]
    public async Task The_secrets_and_signing_keys_are_the_same_ones_afterwards()
    {
        var before = new EnvelopeSealer(VaultKeys.Ring(1));
        var mac = (await ServerSecrets.LoadAsync(Db.ServerSecrets, before, _time, default)).Derive("a");
        var signing = (await SigningKeyRing.LoadAsync(Db.ServerSecrets, before, _time, default)).Current.Ids.ToList();

        await PassAsync(VaultKeys.Ring(1, 2));

        var after = new EnvelopeSealer(VaultKeys.Ring(2));
        (await ServerSecrets.LoadAsync(Db.ServerSecrets, after, _time, default)).Derive("a").ShouldBe(mac);
        (await SigningKeyRing.LoadAsync(Db.ServerSecrets, after, _time, default)).Current.Ids.ShouldBe(signing);
    }

    [Fact]
    public async Task A_pass_that_is_ended_at_any_point_is_finished_by_the_next()
    {
        for (var allowed = 0; allowed < 12; allowed++)
        {
            var (older, newer) = (allowed + 1, allowed + 2);
            await FillAsync(VaultKeys.Ring(older), credentials: 3, Sample.Hash());
            var left = allowed;
            var ring = VaultKeys.Ring(older, newer);
            var first = await new Resealer(Db.SealedRows, new VaultKeySource(ring, _time), _time).RunAsync(_ => new(left-- > 0), _ => { }, default);

            var second = await PassAsync(ring);

            second.Finished.ShouldBeTrue();
            (first.Resealed + second.Resealed).ShouldBeGreaterThanOrEqualTo(6);
            (await Db.SealedRows.AnyAsync(ring.FindMark($"key-{older}")!, default)).ShouldBeFalse();
            foreach (var count in await Db.SealedRows.CountAsync(default))
            {
                count.KeyMark.ShouldBe(ring.FindMark($"key-{newer}")!);
            }
        }
    }

    [Fact]
    public async Task Several_superseded_keys_go_in_one_pass_and_the_pass_reports_how_far_it_is()
    {
        await FillAsync(VaultKeys.Ring(1), credentials: 120, Sample.Hash());
        await VaultWith(VaultKeys.Ring(1, 2)).StoreAsync(KeyOf(500), Tokens(500), null, null, default);
        var reports = new List<ResealProgress>();

        var result = await PassAsync(VaultKeys.Ring(1, 2, 3), reports.Add);

        result.Resealed.ShouldBe(124);
        reports.Where(r => r.Kind == SealedKind.Credential).ShouldBe(
            [new(SealedKind.Credential, 50, 120), new(SealedKind.Credential, 100, 120), new(SealedKind.Credential, 120, 120), new(SealedKind.Credential, 1, 1)]);
    }

    [Fact]
    public async Task A_row_that_does_not_open_stays_as_it_is_and_is_named_and_the_others_go_on()
    {
        await FillAsync(VaultKeys.Ring(1), credentials: 3, Sample.Hash());
        var victim = (await Db.Credentials.FindAsync(KeyOf(1), default))!;
        var other = (await Db.Credentials.FindAsync(KeyOf(2), default))!;
        await Db.Credentials.PutAsync(victim with { Version = 2, Envelope = other.Envelope }, 1, null, default);

        var result = await PassAsync(VaultKeys.Ring(1, 2));

        result.ShouldBe(new ResealResult("key-2", Resealed: 5, Unopened: 1, Finished: true));
        (await Db.Credentials.FindAsync(KeyOf(1), default))!.Envelope.ShouldBe(other.Envelope);
        var (verification, failures) = await VerifyAsync(VaultKeys.Ring(1, 2));
        failures.ShouldHaveSingleItem().ShouldBe(new EnvelopeFailure(SealedKind.Credential, "user:u1@github", EnvelopeOutcome.Tampered));
        verification.Opened.Sum(entry => entry.Value).ShouldBe(5);
    }

    [Fact]
    public async Task Verification_names_rows_of_unknown_keys_and_no_envelopes_and_counts_the_rest_by_key()
    {
        await FillAsync(VaultKeys.Ring(1), credentials: 2, Sample.Hash());
        await VaultWith(VaultKeys.Ring(1, 2)).StoreAsync(KeyOf(7), Tokens(7), null, null, default);
        await VaultWith(VaultKeys.Ring(9)).StoreAsync(KeyOf(8), Tokens(8), null, null, default);
        await Db.ServerSecrets.GetOrAddAsync("short", [1, 2], Now, default);

        var (verification, failures) = await VerifyAsync(VaultKeys.Ring(1, 2));

        failures.ShouldBe(
            [new(SealedKind.Credential, "user:u8@github", EnvelopeOutcome.UnknownKey), new(SealedKind.ServerSecret, "short", EnvelopeOutcome.Malformed)], ignoreOrder: true);
        verification.Opened[(SealedKind.Credential, "key-1")].ShouldBe(2);
        verification.Opened[(SealedKind.Credential, "key-2")].ShouldBe(1);
        verification.Opened[(SealedKind.SigningKey, "key-1")].ShouldBe(1);
    }

    [Fact]
    public async Task Credentials_that_are_refreshed_while_a_pass_runs_lose_nothing_and_never_conflict_with_it()
    {
        var ring = VaultKeys.Ring(1, 2);
        await FillAsync(VaultKeys.Ring(1), credentials: 40, Sample.Hash());
        var vault = VaultWith(ring);
        await vault.FindAsync(KeyOf(0), default);

        var refreshes = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var found = await vault.FindAsync(KeyOf(i % 40), default);
                found.Outcome.ShouldBe(CredentialFindOutcome.Found);
                var now = _time.GetUtcNow();
                var refresh = (await Db.CredentialRefreshes.BeginAsync(found.Row!, now.AddMinutes(1), now, default)).Refresh.ShouldNotBeNull();
                (await vault.CompleteRefreshAsync(refresh, found.Row!, Tokens(1000 + i), null, default)).ShouldBe(RefreshStoreOutcome.Stored);
            }
        });
        await PassAsync(ring);
        await refreshes;
        await PassAsync(ring);

        (await Db.SealedRows.AnyAsync(ring.FindMark("key-1")!, default)).ShouldBeFalse();
        for (var i = 0; i < 40; i++)
        {
            (await VaultWith(VaultKeys.Ring(2)).FindAsync(KeyOf(i), default)).Tokens!.AccessToken.ShouldBe($"access-{1160 + i}");
        }
    }

    [Fact]
    public async Task A_pass_with_a_key_that_is_only_read_with_changes_nothing()
    {
        await FillAsync(VaultKeys.Ring(1), credentials: 1, Sample.Hash());
        var problems = new List<string>();
        var pending = VaultKeyRing.Parse($"{VaultKeys.Line(1)}\n{VaultKeys.Line(2)} 2030-12-31T00:00:00Z", problems)!;

        (await PassAsync(pending)).ShouldBe(new ResealResult("key-1", 0, 0, Finished: true));

        (await Db.SealedRows.AnyAsync(pending.FindMark("key-2")!, default)).ShouldBeFalse();
    }

    private static CredentialKey KeyOf(int number) => new(new CredentialOwner(CredentialOwnerKind.User, "u" + number), "github");

    private static TokenSet Tokens(int number) => new() { AccessToken = "access-" + number, TokenType = "Bearer" };

    private CredentialVault VaultWith(VaultKeyRing ring) =>
        new(Db.Credentials, Db.CredentialRefreshes, Db.Audit, new EnvelopeSealer(ring), _time, NullLogger<CredentialVault>.Instance);

    /// <summary>One row of every kind, and as many credentials as asked for.</summary>
    private async Task FillAsync(VaultKeyRing ring, int credentials, byte[] state)
    {
        var sealer = new EnvelopeSealer(ring);
        var vault = VaultWith(ring);
        for (var i = 0; i < credentials; i++)
        {
            await vault.StoreAsync(KeyOf(i), Tokens(i), i % 2 == 0 ? null : "account-" + i, i % 3 == 0 ? new CredentialBinding(Subject.User("person1"), "client-1") : null, default);
        }

        var secrets = new LegSecretsSealer(sealer).Seal(new LegSecrets("nonce", "verifier", null, "client", "callback", SignIn: false), state, "github");
        await Db.ConnectionFlows.AddAsync(Sample.Flow(Now) with { StateHash = state, SealedSecrets = secrets }, default);
        await ServerSecrets.LoadAsync(Db.ServerSecrets, sealer, _time, default);
        await SigningKeyRing.LoadAsync(Db.ServerSecrets, sealer, _time, default);
    }

    private async Task<ResealResult> PassAsync(VaultKeyRing ring, Action<ResealProgress>? report = null)
    {
        var pass = new Resealer(Db.SealedRows, new VaultKeySource(ring, _time), _time).RunAsync(_ => new(true), report ?? (_ => { }), default);
        while (!pass.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        return await pass;
    }

    private async Task<(VaultVerification Verification, List<EnvelopeFailure> Failures)> VerifyAsync(VaultKeyRing ring)
    {
        var failures = new List<EnvelopeFailure>();
        var verification = new VaultVerification(Db.SealedRows, new VaultKeySource(ring, _time));
        await verification.RunAsync(
            failure =>
            {
                failures.Add(failure);
                return Task.CompletedTask;
            },
            default);
        return (verification, failures);
    }
}
