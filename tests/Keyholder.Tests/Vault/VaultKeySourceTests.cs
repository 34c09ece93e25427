using Keyholder.Tests.Testing;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class VaultKeySourceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _problems = [];
    private VaultKeyRing? _file = VaultKeys.Ring(1);
    private int _reads;

    private VaultKeySource Source() => new(VaultKeys.Ring(1), _time, problems =>
    {
        _reads++;
        if (_file is null)
        {
            problems.Add("broken");
        }

        return _file;
    });

    [Fact]
    public void A_new_key_opens_at_once_and_seals_from_its_moment_on()
    {
        var keys = Source();
        var sealer = new EnvelopeSealer(keys);
        _file = Pending(TimeSpan.FromSeconds(30));

        keys.Reload(_problems).ShouldBeTrue();

        KeyOf(sealer.Seal("s"u8, default), keys).ShouldBe("key-1");
        sealer.Open(new EnvelopeSealer(VaultKeys.Ring(2)).Seal("s"u8, default), default, out _).ShouldBe(EnvelopeOutcome.Opened);
        _time.Advance(TimeSpan.FromSeconds(30));
        KeyOf(sealer.Seal("s"u8, default), keys).ShouldBe("key-2");
        sealer.Open(new EnvelopeSealer(VaultKeys.Ring(1)).Seal("s"u8, default), default, out _).ShouldBe(EnvelopeOutcome.Opened);
    }

    [Fact]
    public void A_node_that_was_slow_to_follow_reads_the_ring_when_it_meets_a_key_it_does_not_know()
    {
        var sealer = new EnvelopeSealer(Source());
        _file = VaultKeys.Ring(1, 2);

        sealer.Open(new EnvelopeSealer(VaultKeys.Ring(2)).Seal("s"u8, default), default, out var opened).ShouldBe(EnvelopeOutcome.Opened);

        opened.ShouldBe("s"u8.ToArray());
    }

    [Fact]
    public void Envelopes_of_unknown_keys_make_it_read_once_a_second_at_most()
    {
        var sealer = new EnvelopeSealer(Source());
        var foreign = new EnvelopeSealer(VaultKeys.Ring(9)).Seal("s"u8, default);
        for (var i = 0; i < 100; i++)
        {
            sealer.Open(foreign, default, out _).ShouldBe(EnvelopeOutcome.UnknownKey);
        }

        _reads.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        sealer.Open(foreign, default, out _);
        _reads.ShouldBe(2);
    }

    [Fact]
    public void A_ring_that_cannot_be_read_leaves_the_one_in_force()
    {
        var keys = Source();
        _file = null;

        keys.Reload(_problems).ShouldBeFalse();

        _problems.ShouldBe(["broken"]);
        keys.Current.KeyIds.ShouldBe(["key-1"]);
    }

    [Fact]
    public void A_ring_without_any_key_the_servers_agreed_on_leaves_the_one_in_force_sealing()
    {
        var keys = Source();
        var sealer = new EnvelopeSealer(keys);
        keys.SealOnlyWith(VaultKeys.Ring(1).Prints);
        _file = VaultKeys.Ring(2);

        keys.Reload(_problems).ShouldBeFalse();

        _problems.ShouldHaveSingleItem().ShouldContain("(key-1)");
        keys.Current.KeyIds.ShouldBe(["key-1"]);
        sealer.Open(new EnvelopeSealer(VaultKeys.Ring(2)).Seal("s"u8, default), default, out _).ShouldBe(EnvelopeOutcome.UnknownKey, "Nor is it taken over on a miss.");
        KeyOf(sealer.Seal("s"u8, default), keys).ShouldBe("key-1");
        _file = VaultKeys.Ring(1, 2);
        keys.Reload(_problems).ShouldBeTrue();
        KeyOf(sealer.Seal("s"u8, default), keys).ShouldBe("key-1");
    }

    [Fact]
    public void Nothing_is_sealed_while_no_key_of_the_ring_is_one_the_servers_agreed_on()
    {
        var keys = Source();
        var sealer = new EnvelopeSealer(keys);
        var envelope = sealer.Seal("s"u8, default);

        keys.SealOnlyWith(VaultKeys.Ring(2).Prints);

        Should.Throw<InvalidOperationException>(() => sealer.Seal("s"u8, default));
        sealer.Open(envelope, default, out _).ShouldBe(EnvelopeOutcome.Opened);
        keys.Current.SealingIdAt(_time.GetUtcNow()).ShouldBeNull();
        keys.Current.HasSupersededAt(_time.GetUtcNow()).ShouldBeFalse();
        RetirePolicy.Judge(keys.Current, "key-1", _time.GetUtcNow()).ShouldBe(RetireOutcome.Settling);
    }

    [Fact]
    public void A_ring_that_stayed_the_same_is_no_change()
    {
        Source().Reload(_problems).ShouldBeFalse();
        new VaultKeySource(VaultKeys.Ring(1), _time).Reload(_problems).ShouldBeFalse();
        _problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_key_that_was_corrected_under_its_old_id_is_taken_over()
    {
        var keys = Source();
        var corrected = VaultKeyRing.Parse($"key-1:{Convert.ToBase64String(VaultKeys.Secret(7))}", _problems)!;
        var envelope = new EnvelopeSealer(corrected).Seal("s"u8, default);
        _file = corrected;

        keys.Reload(_problems).ShouldBeTrue();

        new EnvelopeSealer(keys).Open(envelope, default, out _).ShouldBe(EnvelopeOutcome.Opened);
        keys.Reload(_problems).ShouldBeFalse();
    }

    [Fact]
    public void Until_the_moment_of_any_key_has_come_the_first_one_seals()
    {
        var ring = VaultKeyRing.Parse($"{VaultKeys.Line(1)} 2040-01-01T00:00:00Z\n{VaultKeys.Line(2)} 2041-01-01T00:00:00Z", _problems)!;

        ring.SealingIdAt(_time.GetUtcNow()).ShouldBe("key-1");
        ring.SealingIdAt(new DateTimeOffset(2041, 1, 1, 0, 0, 0, TimeSpan.Zero)).ShouldBe("key-2");
    }

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2030-01-01")]
    [InlineData("2030-01-01T00:00:00")]
    [InlineData("2030-01-01T00:00:00Z extra")]
    [InlineData("")]
    public void A_moment_that_is_none_is_refused_without_showing_the_key(string moment)
    {
        VaultKeyRing.Parse($"{VaultKeys.Line(1)} {moment}.", _problems).ShouldBeNull();

        _problems.ShouldHaveSingleItem().ShouldContain("'key-1'");
        _problems[0].ShouldNotContain(Convert.ToBase64String(VaultKeys.Secret(1)));
    }

    [Fact]
    public void A_key_retires_only_when_its_successor_has_sealed_for_a_while()
    {
        var now = _time.GetUtcNow();
        var ring = Pending(TimeSpan.FromSeconds(30));

        RetirePolicy.Judge(ring, "key-3", now).ShouldBe(RetireOutcome.NotFound);
        RetirePolicy.Judge(ring, "key-1", now).ShouldBe(RetireOutcome.Sealing);
        RetirePolicy.Judge(ring, "key-2", now).ShouldBe(RetireOutcome.MayRetire);
        RetirePolicy.Judge(ring, "key-2", now.AddSeconds(25)).ShouldBe(RetireOutcome.Settling);
        RetirePolicy.Judge(ring, "key-1", now.AddSeconds(30)).ShouldBe(RetireOutcome.Settling);
        RetirePolicy.Judge(ring, "key-1", now.AddSeconds(39)).ShouldBe(RetireOutcome.Settling);
        RetirePolicy.Judge(ring, "key-1", now.AddSeconds(40)).ShouldBe(RetireOutcome.MayRetire);
        RetirePolicy.Judge(ring, "key-2", now.AddSeconds(40)).ShouldBe(RetireOutcome.Sealing);
        RetirePolicy.Judge(VaultKeys.Ring(1, 2), "key-1", now).ShouldBe(RetireOutcome.MayRetire);
    }

    private static string? KeyOf(byte[] envelope, VaultKeySource keys) => keys.Current.FindId(EnvelopeSealer.MarkOf(envelope));

    private VaultKeyRing Pending(TimeSpan after)
    {
        var ring = VaultKeyRing.Parse($"{VaultKeys.Line(1)}\n{VaultKeys.Line(2)} {_time.GetUtcNow() + after:yyyy-MM-dd'T'HH:mm:ss'Z'}", _problems);
        _problems.ShouldBeEmpty();
        return ring.ShouldNotBeNull();
    }
}
