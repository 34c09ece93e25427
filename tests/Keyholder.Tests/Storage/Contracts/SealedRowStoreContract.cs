using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class SealedRowStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly byte[] MarkA = [1, 1, 1, 1, 1, 1, 1, 1];
    private static readonly byte[] MarkB = [2, 2, 2, 2, 2, 2, 2, 0];

    [Theory]
    [MemberData(nameof(Sample.SealedKinds), MemberType = typeof(Sample))]
    public async Task A_row_is_read_with_its_envelope_and_what_it_is_bound_to(SealedKind kind)
    {
        var envelope = Envelope(MarkA);
        var bound = await AddAsync(kind, envelope);

        var row = (await Db.SealedRows.ReadAsync(kind, null, null, 10, default)).ShouldHaveSingleItem();

        row.Kind.ShouldBe(kind);
        row.Envelope.ShouldBe(envelope);
        row.Bound.Count.ShouldBe(bound.Length);
        for (var i = 0; i < bound.Length; i++)
        {
            row.Bound[i].ShouldBeEquivalentTo(bound[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Sample.SealedKinds), MemberType = typeof(Sample))]
    public async Task Pages_follow_one_another_and_hold_every_row_of_the_key_once(SealedKind kind)
    {
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(kind, Envelope(MarkA));
            await AddAsync(kind, Envelope(MarkB));
        }

        var seen = new List<SealedRow>();
        IReadOnlyList<SealedRow> page;
        do
        {
            page = await Db.SealedRows.ReadAsync(kind, MarkA, seen.LastOrDefault(), 2, default);
            seen.AddRange(page);
        }
        while (page.Count == 2);

        seen.Count.ShouldBe(5);
        seen.Select(row => Convert.ToHexString(row.Envelope)).Distinct().Count().ShouldBe(5);
        seen.ShouldAllBe(row => row.Envelope.Skip(1).Take(8).SequenceEqual(MarkA));
        (await Db.SealedRows.ReadAsync(kind, null, null, 100, default)).Count.ShouldBe(10);
    }

    [Theory]
    [MemberData(nameof(Sample.SealedKinds), MemberType = typeof(Sample))]
    public async Task An_envelope_is_replaced_only_while_it_is_the_one_that_was_read(SealedKind kind)
    {
        await AddAsync(kind, Envelope(MarkA));
        await AddAsync(kind, Envelope(MarkA));
        var rows = await Db.SealedRows.ReadAsync(kind, MarkA, null, 10, default);
        var (fresh, stale) = (Envelope(MarkB), Envelope(MarkB));
        (await Db.SealedRows.ReplaceAsync([(rows[0], fresh)], default)).ShouldBe(1);

        (await Db.SealedRows.ReplaceAsync([(rows[0], stale), (rows[1], fresh)], default)).ShouldBe(1);

        var after = await Db.SealedRows.ReadAsync(kind, null, null, 10, default);
        after.ShouldAllBe(row => row.Envelope.SequenceEqual(fresh));
        after.Select(row => row.Bound[0]).ShouldBe(rows.Select(row => row.Bound[0]));
    }

    [Fact]
    public async Task Of_concurrent_replacements_of_one_envelope_one_counts()
    {
        await AddAsync(SealedKind.ServerSecret, Envelope(MarkA));
        var row = (await Db.SealedRows.ReadAsync(SealedKind.ServerSecret, null, null, 10, default)).ShouldHaveSingleItem();

        var replaced = await RaceAsync(
            16,
            () => Db.SealedRows.AnyAsync(MarkA, default),
            i => Db.SealedRows.ReplaceAsync([(row, [.. Envelope(MarkB), (byte)i])], default));

        replaced.Sum().ShouldBe(1);
        (await Db.SealedRows.ReadAsync(SealedKind.ServerSecret, null, null, 10, default)).ShouldHaveSingleItem()
            .Envelope[^1].ShouldBe((byte)replaced.ToList().IndexOf(1));
    }

    [Fact]
    public async Task Counts_name_every_kind_and_key_there_is()
    {
        foreach (var kind in SealedKinds.All)
        {
            await AddAsync(kind, Envelope(MarkA));
            await AddAsync(kind, Envelope(MarkA));
            await AddAsync(kind, Envelope(MarkB));
        }

        var counts = await Db.SealedRows.CountAsync(default);

        counts.Select(count => (count.Kind, count.KeyMark[0], count.Rows)).ShouldBe(SealedKinds.All.SelectMany(kind => new[] { (kind, (byte)1, 2L), (kind, (byte)2, 1L) }));
    }

    [Theory]
    [MemberData(nameof(Sample.SealedKinds), MemberType = typeof(Sample))]
    public async Task A_key_is_in_use_while_any_envelope_of_any_kind_names_it(SealedKind kind)
    {
        await AddAsync(kind, Envelope(MarkB));

        (await Db.SealedRows.AnyAsync(MarkA, default)).ShouldBeFalse();
        (await Db.SealedRows.AnyAsync(MarkB, default)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_envelope_that_was_cut_short_is_counted_and_read_all_the_same()
    {
        await AddAsync(SealedKind.ServerSecret, [1, 7]);

        (await Db.SealedRows.CountAsync(default)).ShouldHaveSingleItem().KeyMark.ShouldBe([7]);
        (await Db.SealedRows.ReadAsync(SealedKind.ServerSecret, null, null, 10, default)).ShouldHaveSingleItem().Envelope.ShouldBe([1, 7]);
    }

    [Fact]
    public async Task A_page_of_nothing_is_a_bug() =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Db.SealedRows.ReadAsync(SealedKind.Credential, null, null, 0, default));

    private static byte[] Envelope(byte[] mark) => [1, .. mark, .. Sample.Hash()];

    private async Task<object?[]> AddAsync(SealedKind kind, byte[] envelope)
    {
        switch (kind)
        {
            case SealedKind.Credential:
                var credential = Sample.Credential(Now, owner: Sample.Id()) with { Envelope = envelope, ProviderSubject = null };
                await Db.Credentials.PutAsync(credential, 0, null, default);
                return ["user", credential.Key.Owner.Id, "github", "oauth", null, credential.RowId, 1L, null, null];
            case SealedKind.UpstreamRevocation:
                var session = await AddSessionAsync(Sample.Session(Now));
                var left = Sample.Credential(Now) with { Key = new(CredentialOwner.Of(session.Subject), "github"), Envelope = envelope, ProviderSubject = null };
                await Db.Credentials.PutAsync(left, 0, null, default);
                await Db.Sessions.RevokeAsync(session.Id, "reason", Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);
                return ["session", left.Key.Owner.Id, "github", "oauth", null, left.RowId, 1L, null, null];
            case SealedKind.ConnectionFlow:
                var flow = Sample.Flow(Now) with { SealedSecrets = envelope };
                await Db.ConnectionFlows.AddAsync(flow, default);
                return [flow.StateHash, flow.Provider];
            case SealedKind.ServerSecret:
                var name = Sample.Id();
                await Db.ServerSecrets.GetOrAddAsync(name, envelope, Now, default);
                return [name];
            case SealedKind.SigningKey:
                var key = Sample.SigningKey(Sample.Id(), Now) with { SealedPrivateKey = envelope };
                await Db.ServerSecrets.AddSigningKeyAsync(key, onlyFirst: false, default);
                return [key.Id];
            case SealedKind.UpstreamClient:
                var client = Registration(envelope);
                await PutAsync(client, keepsFormer: false);
                return [client.Provider, client.Issuer, 1L, client.ClientId];
            case SealedKind.FormerUpstreamClient:
                var former = Registration(envelope);
                await PutAsync(former, keepsFormer: false);
                await PutAsync(former with { Generation = 2, ClientId = "next", Envelope = null }, keepsFormer: true);
                return [former.Provider, former.Issuer, 1L, former.ClientId];
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "A new kind needs a row here.");
        }
    }

    private static StoredUpstreamClient Registration(byte[] envelope) => new()
    {
        Provider = Sample.Id(),
        Issuer = "https://issuer.example",
        Generation = 1,
        ClientId = "client",
        AuthMethod = "client_secret_basic",
        Envelope = envelope,
        CreatedAt = Now,
    };

    private Task<UpstreamClientPutOutcome> PutAsync(StoredUpstreamClient client, bool keepsFormer) =>
        Db.UpstreamClients.PutAsync(client, keepsFormer, Sample.Audit(Now, AuditActions.UpstreamClientRegistered), default);
}
