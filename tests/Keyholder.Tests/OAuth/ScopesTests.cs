using Keyholder.OAuth;

namespace Keyholder.Tests.OAuth;

public sealed class ScopesTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("b a", "b a")]
    [InlineData("b a  b", "b a")]
    [InlineData("a A", "a A")]
    public void Scopes_keep_their_order_and_come_once(string? text, string expected) =>
        Scopes.Format(Scopes.Parse(text)!).ShouldBe(expected);

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\tb")]
    [InlineData("a b\u00e9")]
    [InlineData("a\0")]
    public void A_character_no_scope_may_hold_is_refused(string text) => Scopes.Parse(text).ShouldBeNull();

    [Fact]
    public async Task A_flood_of_scopes_costs_as_much_as_it_is_long_and_not_its_square()
    {
        var flood = string.Join(' ', Enumerable.Range(0, 300_000));

        var parsed = await Task.Run(() => Scopes.Parse(flood), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        parsed!.Count.ShouldBe(300_000);
    }
}
