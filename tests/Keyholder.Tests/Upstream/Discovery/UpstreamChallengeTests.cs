using Keyholder.Upstream.Discovery;

namespace Keyholder.Tests.Upstream.Discovery;

public sealed class UpstreamChallengeTests
{
    [Theory]
    [InlineData("""Bearer resource_metadata="https://u.example/prm", scope="a b", error="invalid_token" """, "https://u.example/prm", "a b", "invalid_token")]
    [InlineData("""bearer scope=a,resource_metadata="https://u.example/prm" """, "https://u.example/prm", "a", null)]
    [InlineData("""Bearer realm="x, y=\"z\"", scope="a" """, null, "a", null)]
    [InlineData("""Basic realm="x", Bearer scope="a" """, null, "a", null)]
    [InlineData("""Bearer scope = "a" , error="e" """, null, "a", "e")]
    [InlineData("Bearer", null, null, null)]
    public void A_challenge_is_read_as_RFC_9110_writes_it(string value, string? metadata, string? scope, string? error) =>
        UpstreamChallenge.Find([value]).ShouldBe(new UpstreamChallenge(metadata, scope, error));

    [Theory]
    [InlineData("")]
    [InlineData("Basic realm=\"x\"")]
    [InlineData("Negotiate")]
    [InlineData("Bearer scope=\"a")]
    [InlineData("Bearer scope=\"a\\")]
    [InlineData("Bearer scope=\"a\" scope=\"b\"")]
    [InlineData("Bearer scope=\"a\", scope=\"b\"")]
    [InlineData("Bearer scope=")]
    [InlineData("Bearer =a")]
    [InlineData("=")]
    [InlineData(",,,")]
    public void What_cannot_be_read_without_doubt_is_no_challenge(string value) => UpstreamChallenge.Find([value]).ShouldBeNull();

    [Fact]
    public void The_first_readable_one_of_several_values_counts() =>
        UpstreamChallenge.Find(["Bearer scope=", "Digest realm=\"x\"", "Bearer scope=\"a\"", "Bearer scope=\"b\""])!.Scope.ShouldBe("a");
}
