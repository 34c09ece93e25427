using Keyholder.Server.Pages;

namespace Keyholder.Tests.Pages;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("Example app", "Example app")]
    [InlineData("  Example app ", "Example app")]
    [InlineData("Your\u202Eknab", "Yourknab")]
    [InlineData("a\u200Bb\u2066c\u2069\uFEFF", "abc")]
    [InlineData("a\r\nb\u2028c\0", "abc")]
    [InlineData("日本語 🔑", "日本語 🔑")]
    [InlineData(null, "fallback")]
    [InlineData("\u200B\u202E ", "fallback")]
    public void Names_of_strangers_are_shown_without_tricks(string? name, string shown) => DisplayText.Clean(name, "fallback").ShouldBe(shown);

    [Fact]
    public void Endless_names_end() => DisplayText.Clean(new string('x', 5000), "fallback").ShouldBe(new string('x', 80) + "…");
}
