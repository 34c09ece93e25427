using FsCheck;
using FsCheck.Fluent;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class EnvelopeSealerTests
{
    private readonly EnvelopeSealer _sealer = new(VaultKeys.Ring(1));

    [Fact]
    public void What_was_sealed_opens_in_its_own_context() =>
        Prop.ForAll<byte[], byte[]>((secret, context) =>
            _sealer.Open(_sealer.Seal(secret, context), context, out var opened) == EnvelopeOutcome.Opened && opened.SequenceEqual(secret))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_single_flipped_bit_anywhere_is_refused()
    {
        var envelope = _sealer.Seal("a secret"u8, "context"u8);
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            var changed = (byte[])envelope.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            var outcome = _sealer.Open(changed, "context"u8, out var opened);

            outcome.ShouldBe(bit switch
            {
                < 8 => EnvelopeOutcome.Malformed,
                < 72 => EnvelopeOutcome.UnknownKey,
                _ => EnvelopeOutcome.Tampered,
            });
            opened.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Another_context_is_refused() =>
        Prop.ForAll<byte[], byte[], byte[]>((secret, context, other) =>
            _sealer.Open(_sealer.Seal(secret, context), other, out _)
                == (context.SequenceEqual(other) ? EnvelopeOutcome.Opened : EnvelopeOutcome.Tampered))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Every_truncation_and_extension_is_refused()
    {
        var envelope = _sealer.Seal("a secret"u8, default);
        for (var length = 0; length < envelope.Length; length++)
        {
            _sealer.Open(envelope.AsSpan(0, length), default, out _).ShouldNotBe(EnvelopeOutcome.Opened);
        }

        _sealer.Open([.. envelope, 0], default, out _).ShouldBe(EnvelopeOutcome.Tampered);
    }

    [Fact]
    public void Garbage_is_refused_without_an_exception() =>
        Prop.ForAll<byte[]>(garbage => _sealer.Open(garbage, default, out _) != EnvelopeOutcome.Opened).QuickCheckThrowOnFailure();

    [Fact]
    public void Sealing_the_same_secret_twice_gives_unrelated_envelopes()
    {
        var envelopes = Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(_sealer.Seal("s"u8, default))).ToHashSet();

        envelopes.Count.ShouldBe(1000);
    }

    [Fact]
    public void A_ring_with_a_newer_key_opens_old_envelopes_and_seals_with_the_newest()
    {
        var old = _sealer.Seal("a secret"u8, "context"u8);
        var rotated = new EnvelopeSealer(VaultKeys.Ring(1, 2));

        rotated.Open(old, "context"u8, out var opened).ShouldBe(EnvelopeOutcome.Opened);
        opened.ShouldBe("a secret"u8.ToArray());
        _sealer.Open(rotated.Seal("a secret"u8, "context"u8), "context"u8, out _).ShouldBe(EnvelopeOutcome.UnknownKey);
    }

    [Fact]
    public void A_key_that_took_over_another_keys_id_does_not_open_its_envelopes()
    {
        var problems = new List<string>();
        var impostor = VaultKeyRing.Parse($"key-1:{Convert.ToBase64String(VaultKeys.Secret(9))}", problems)!;

        new EnvelopeSealer(impostor).Open(_sealer.Seal("a secret"u8, default), default, out _).ShouldBe(EnvelopeOutcome.Tampered);
    }

    [Fact]
    public void Contexts_of_different_fields_are_never_the_same_bytes() =>
        Prop.ForAll<int?[], int?[]>((left, right) =>
            Texts(left).SequenceEqual(Texts(right)) == Context(Texts(left)).SequenceEqual(Context(Texts(right))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Moving_a_byte_between_neighbouring_fields_changes_the_context()
    {
        Context(["ab", "c"]).ShouldNotBe(Context(["a", "bc"]));
        Context([null]).ShouldNotBe(Context([""]));
        Context(["a"]).ShouldNotBe(Context(["a", ""]));
    }

    private static string?[] Texts(int?[] numbers) => [.. numbers.Select(n => n is null ? null : new string('a', Math.Abs(n.Value) % 5))];

    private static byte[] Context(string?[] fields)
    {
        var context = new EnvelopeContext("test");
        foreach (var field in fields)
        {
            context.Add(field);
        }

        return context.Bytes.ToArray();
    }
}
