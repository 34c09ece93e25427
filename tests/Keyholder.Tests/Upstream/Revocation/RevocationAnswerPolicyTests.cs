using System.Net;
using System.Text;
using Keyholder.Upstream;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Tests.Upstream.Revocation;

public sealed class RevocationAnswerPolicyTests
{
    [Theory]
    [InlineData(200, "", "done", "revoked")]
    [InlineData(204, "", "done", "revoked")]
    [InlineData(400, """{"error":"invalid_token"}""", "done", "already_invalid")]
    [InlineData(400, """{"error":"invalid_grant"}""", "done", "already_invalid")]
    [InlineData(400, """{"error":"unsupported_token_type"}""", "failed", "refused")]
    [InlineData(400, """{"error":"invalid_request"}""", "failed", "refused")]
    [InlineData(400, "<html>", "failed", "refused")]
    [InlineData(404, "", "failed", "refused")]
    [InlineData(302, "", "failed", "refused")]
    [InlineData(401, "", "pending", "client_refused")]
    [InlineData(401, """{"error":"invalid_client"}""", "pending", "client_refused")]
    [InlineData(400, """{"error":"invalid_client"}""", "pending", "client_refused")]
    [InlineData(408, "", "pending", "unavailable")]
    [InlineData(429, "", "pending", "unavailable")]
    [InlineData(500, """{"error":"invalid_token"}""", "pending", "unavailable")]
    [InlineData(503, "", "pending", "unavailable")]
    public void An_answer_is_an_end_or_a_reason_to_ask_again(int status, string body, string expected, string reason)
    {
        var step = RevocationAnswerPolicy.Read(new GuardedResponse(GuardedOutcome.Answered)
        {
            Status = (HttpStatusCode)status,
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes(body),
            RetryAfter = TimeSpan.FromSeconds(90),
        });

        (step.Status.ToString().ToLowerInvariant(), step.Reason).ShouldBe((expected, reason));
        step.RetryAfter.ShouldBe(reason == "unavailable" ? TimeSpan.FromSeconds(90) : null);
    }

    [Theory]
    [InlineData(GuardedOutcome.Unreachable, "pending", "unavailable")]
    [InlineData(GuardedOutcome.TimedOut, "pending", "unavailable")]
    [InlineData(GuardedOutcome.TooLarge, "pending", "unavailable")]
    [InlineData(GuardedOutcome.Refused, "failed", "address_refused")]
    public void No_answer_is_a_reason_to_ask_again_unless_the_guard_forbids_it(GuardedOutcome outcome, string expected, string reason)
    {
        var step = RevocationAnswerPolicy.Read(new GuardedResponse(outcome));

        (step.Status.ToString().ToLowerInvariant(), step.Reason).ShouldBe((expected, reason));
    }

    [Fact]
    public void The_delay_doubles_up_to_an_hour_and_is_never_below_half_of_that()
    {
        Seconds(1, 1).ShouldBe(10);
        Seconds(1, 0).ShouldBe(5);
        Seconds(2, 1).ShouldBe(20);
        Seconds(5, 1).ShouldBe(160);
        Seconds(9, 1).ShouldBe(2560);
        Seconds(10, 1).ShouldBe(3600);
        Seconds(100, 1).ShouldBe(3600);
        Seconds(int.MaxValue, 0).ShouldBe(1800);
    }

    [Fact]
    public void The_provider_is_not_asked_before_it_wants_to_be_and_not_put_off_for_longer_than_a_day()
    {
        Seconds(1, 0, 90).ShouldBe(90);
        Seconds(1, 1, 90).ShouldBe(100);
        Seconds(9, 1, 90).ShouldBe(2560);
        Seconds(1, 0, 1_000_000).ShouldBe(86_400);
        Seconds(1, 0, 0).ShouldBe(5);
    }

    private static double Seconds(int attempts, double jitter, int? retryAfter = null) =>
        RevocationAnswerPolicy.Delay(attempts, retryAfter is null ? null : TimeSpan.FromSeconds(retryAfter.Value), jitter).TotalSeconds;
}
