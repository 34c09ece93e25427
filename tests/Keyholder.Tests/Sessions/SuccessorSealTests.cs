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
        SuccessorSeal.TryOpen(_predecessor, SuccessorSeal.Seal(_predecessor, _successor), out var opened).ShouldBeTrue();

        opened.SessionId.ShouldBe(_successor.SessionId);
        opened.Generation.ShouldBe(5u);
        opened.Secret.Hash().ShouldBe(_successor.Secret.Hash());
    }

    [Fact]
    public void Nobody_else_does()
    {
        var seal = SuccessorSeal.Seal(_predecessor, _successor);

        SuccessorSeal.TryOpen(new OpaqueToken(_predecessor.SessionId, 4, TokenSecret.Create()), seal, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(new OpaqueToken(SessionId.Create(), 4, _predecessor.Secret), seal, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(new OpaqueToken(_predecessor.SessionId, 3, _predecessor.Secret), seal, out _).ShouldBeFalse();
        SuccessorSeal.TryOpen(_successor, seal, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_changed_or_cut_seal_opens_nothing()
    {
        var seal = SuccessorSeal.Seal(_predecessor, _successor);
        for (var i = 0; i < seal.Length; i++)
        {
            var changed = (byte[])seal.Clone();
            changed[i] ^= 1;
            SuccessorSeal.TryOpen(_predecessor, changed, out _).ShouldBeFalse($"byte {i}");
            SuccessorSeal.TryOpen(_predecessor, seal.AsSpan(0, i), out _).ShouldBeFalse($"length {i}");
        }
    }

    [Fact]
    public void The_same_successor_never_seals_to_the_same_bytes() =>
        SuccessorSeal.Seal(_predecessor, _successor).ShouldNotBe(SuccessorSeal.Seal(_predecessor, _successor));
}
