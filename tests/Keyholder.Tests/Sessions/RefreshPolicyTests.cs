using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Sessions;

public sealed class RefreshPolicyTests
{
    private static readonly DateTimeOffset RotatedAt = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RotateOutcome.Rotated, RefreshDecision.Rotated)]
    [InlineData(RotateOutcome.Superseded, RefreshDecision.Reused)]
    [InlineData(RotateOutcome.NotFound, RefreshDecision.Invalid)]
    [InlineData(RotateOutcome.Revoked, RefreshDecision.Invalid)]
    [InlineData(RotateOutcome.Expired, RefreshDecision.Invalid)]
    [InlineData(RotateOutcome.Mismatch, RefreshDecision.Invalid)]
    [InlineData(RotateOutcome.SubjectInactive, RefreshDecision.Invalid)]
    public void What_the_store_found_decides(RotateOutcome outcome, RefreshDecision expected) =>
        RefreshPolicy.Decide(outcome, SessionFixture.Create() with { RotatedAt = RotatedAt, SealedSuccessor = [1] }, new SessionOptions(), RotatedAt).ShouldBe(expected);

    [Theory]
    [InlineData(30, 0, RefreshDecision.Retry)]
    [InlineData(30, 29.999, RefreshDecision.Retry)]
    [InlineData(30, 30, RefreshDecision.Reused)]
    [InlineData(30, 3600, RefreshDecision.Reused)]
    [InlineData(0, 0, RefreshDecision.Reused)]
    [InlineData(0, -1, RefreshDecision.Reused)]
    public void A_predecessor_is_a_retry_only_inside_the_window(double window, double age, RefreshDecision expected) =>
        RefreshPolicy.Decide(
            RotateOutcome.Predecessor,
            SessionFixture.Create() with { RotatedAt = RotatedAt, SealedSuccessor = [1] },
            new SessionOptions { RetryWindow = TimeSpan.FromSeconds(window) },
            RotatedAt + TimeSpan.FromSeconds(age)).ShouldBe(expected);

    [Fact]
    public void A_predecessor_without_a_sealed_successor_cannot_be_a_retry() =>
        RefreshPolicy.Decide(RotateOutcome.Predecessor, SessionFixture.Create() with { RotatedAt = RotatedAt }, new SessionOptions(), RotatedAt)
            .ShouldBe(RefreshDecision.Reused);
}
