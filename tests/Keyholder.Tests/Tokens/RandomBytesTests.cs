using Keyholder.Tokens;

namespace Keyholder.Tests.Tokens;

public sealed class RandomBytesTests
{
    [Fact]
    public async Task No_bytes_are_given_twice_on_any_thread()
    {
        var given = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 500).Select(_ => Draw(16)).ToList())));

        given.SelectMany(texts => texts).ShouldBeUnique();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(512)]
    public void Every_byte_asked_for_is_random(int size)
    {
        var ever = new bool[size];
        for (var draw = 0; draw < 64; draw++)
        {
            var bytes = new byte[size];
            RandomBytes.Fill(bytes);
            for (var i = 0; i < size; i++)
            {
                ever[i] |= bytes[i] != 0;
            }
        }

        ever.ShouldAllBe(seen => seen);
    }

    private static string Draw(int size)
    {
        var bytes = new byte[size];
        RandomBytes.Fill(bytes);
        return Convert.ToHexString(bytes);
    }
}
