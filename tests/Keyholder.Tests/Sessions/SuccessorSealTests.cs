using System.Security.Cryptography;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Tests.Sessions;

public sealed class SuccessorSealTests
{
    private readonly OpaqueToken _predecessor = new(SessionId.Create(), 4, TokenSecret.Create());
    private readonly OpaqueToken _successor;

    public SuccessorSealTests() => _successor = new OpaqueToken(_predecessor.SessionId, 5, TokenSecret.Create());

    [Fact]
    public void The_holder_of_the_predecessor_gets_the_successor()
    {
        SuccessorSeal.TryOpen(_predecessor, Seal(_successor), Hash, out var opened).ShouldBeTrue();

        opened.SessionId.ShouldBe(_successor.SessionId);
        opened.Generation.ShouldBe(5u);
        opened.Secret.Hash().ShouldBe(_successor.Secret.Hash());
    }

    [Fact]
    public void Nobody_else_does()
    {
        var seal = Seal(_successor);

        SuccessorSeal.TryOpen(new OpaqueToken(_predecessor.SessionId, 4, TokenSecret.Create()), seal, Hash, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(new OpaqueToken(SessionId.Create(), 4, _predecessor.Secret), seal, Hash, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(new OpaqueToken(_predecessor.SessionId, 3, _predecessor.Secret), seal, Hash, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(_successor, seal, Hash, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_changed_or_cut_seal_opens_nothing()
    {
        var seal = Seal(_successor);
        for (var i = 0; i < seal.Length; i++)
        {
            var changed = (byte[])seal.Clone();
            changed[i] ^= 1;
            SuccessorSeal.TryOpen(_predecessor, changed, Hash, out _).ShouldBeFalse($"byte {i}");
            SuccessorSeal.TryOpen(_predecessor, seal.AsSpan(0, i), Hash, out _).ShouldBeFalse($"length {i}");
        }
    }

    [Fact]
    public void A_seal_opens_nothing_beside_the_hash_of_another_successor() =>
        SuccessorSeal.TryOpen(_predecessor, Seal(_successor), TokenSecret.Create().Hash(), out _).ShouldBeFalse();

    [Fact]
    public void Two_successors_of_one_predecessor_are_sealed_with_different_pads()
    {
        var other = new OpaqueToken(_successor.SessionId, _successor.Generation, TokenSecret.Create());

        Xor(Seal(_successor)[1..], Seal(other)[1..]).ShouldNotBe(Xor(Bytes(_successor), Bytes(other)));
    }

    [Fact]
    public void A_seal_of_the_first_form_still_opens_for_the_same_holder_alone()
    {
        var seal = FormerSeal();

        SuccessorSeal.TryOpen(_predecessor, seal, Hash, out var opened).ShouldBeTrue();
        opened.Secret.Hash().ShouldBe(Hash);
        opened.Generation.ShouldBe(5u);
        SuccessorSeal.TryOpen(new OpaqueToken(_predecessor.SessionId, 4, TokenSecret.Create()), seal, Hash, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(new OpaqueToken(SessionId.Create(), 4, _predecessor.Secret), seal, Hash, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(_predecessor, seal, TokenSecret.Create().Hash(), out _).ShouldBeFalse();
        for (var i = 0; i < seal.Length; i++)
        {
            var changed = (byte[])seal.Clone();
            changed[i] ^= 1;
            SuccessorSeal.TryOpen(_predecessor, changed, Hash, out _).ShouldBeFalse($"byte {i}");
        }
    }

    // As it was written: version 1, nonce, AES-256-GCM under HKDF of the predecessor's secret, for session and generation.
    private byte[] FormerSeal()
    {
        var context = new byte[SessionId.Size + 4];
        _successor.SessionId.Write(context);
        context[^1] = 5;
        using var aes = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, Bytes(_predecessor), 32, info: "keyholder:refresh-token-successor"u8.ToArray()), 16);
        var seal = new byte[61];
        seal[0] = 1;
        RandomNumberGenerator.Fill(seal.AsSpan(1, 12));
        aes.Encrypt(seal.AsSpan(1, 12), Bytes(_successor), seal.AsSpan(13, 32), seal.AsSpan(45), context);
        return seal;
    }

    private byte[] Hash => _successor.Secret.Hash();

    private byte[] Seal(in OpaqueToken successor) => SuccessorSeal.Seal(_predecessor, successor, successor.Secret.Hash());

    private static byte[] Bytes(in OpaqueToken token)
    {
        var bytes = new byte[TokenSecret.Size];
        token.Secret.Write(bytes);
        return bytes;
    }

    private static byte[] Xor(byte[] left, byte[] right) => [.. left.Zip(right, (l, r) => (byte)(l ^ r))];
}
