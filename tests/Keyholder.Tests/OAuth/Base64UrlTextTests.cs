using System.Security.Cryptography;
using Keyholder.OAuth;

namespace Keyholder.Tests.OAuth;

public sealed class Base64UrlTextTests
{
    [Fact]
    public void Bytes_of_any_length_come_back()
    {
        for (var length = 0; length < 100; length++)
        {
            var bytes = RandomNumberGenerator.GetBytes(length);
            var decoded = new byte[length];
            Base64UrlText.TryDecode(Base64UrlText.Encode(bytes), decoded).ShouldBeTrue();
            decoded.ShouldBe(bytes);
        }
    }

    [Fact]
    public void Of_all_texts_that_differ_in_the_last_character_one_is_canonical()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        foreach (var (text, bits) in new[] { ("A", 4), ("AA", 2), ("AAA", 0) })
        {
            var canonical = alphabet.Count(last => Base64UrlText.TryDecode(text + last, new byte[((text.Length + 1) * 3) / 4]));
            canonical.ShouldBe(64 >> bits);
        }
    }

    [Theory]
    [InlineData("AA==", 1)]
    [InlineData("AA=", 1)]
    [InlineData("A A", 2)]
    [InlineData("A\nA", 2)]
    [InlineData("A+A", 2)]
    [InlineData("A/A", 2)]
    [InlineData("AéA", 2)]
    [InlineData("A", 0)]
    [InlineData("AAAA", 2)]
    [InlineData("AAA", 3)]
    [InlineData("", 1)]
    public void Another_spelling_or_length_is_refused(string text, int length) =>
        Base64UrlText.TryDecode(text, new byte[length]).ShouldBeFalse();
}
