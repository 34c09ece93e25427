using System.Buffers;
using System.Text;
using Keyholder.Mcp;
using Keyholder.Server.Gateway;

namespace Keyholder.Tests.Gateway;

public sealed class EventFilterTests
{
    private const string Listed = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"},{"name":"b"}]}}""";
    private const string Filtered = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"}]}}""";
    private static readonly ToolPolicy Granted = ToolPolicy.Everything.Narrow(new(["a"]));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Events_are_filtered_whatever_ends_their_lines_and_however_they_are_cut(string end)
    {
        var stream = string.Concat("id: 7", end, "event: message", end, "data: ", Listed, end, end, "data:", Listed, end, end);
        var expected = $"id: 7\nevent: message\ndata: {Filtered}\n\ndata: {Filtered}\n\n";

        for (var size = 1; size <= stream.Length; size++)
        {
            Filter(stream, size).ShouldBe(expected, $"in pieces of {size}");
        }
    }

    [Fact]
    public void A_message_over_several_data_lines_is_one_message()
    {
        var lines = Listed.Replace(",\"result\"", ",\ndata: \"result\"", StringComparison.Ordinal);

        Filter($"data: {lines}\n\n").ShouldBe($"data: {Filtered.Replace(",\"result\"", ",\ndata: \"result\"", StringComparison.Ordinal)}\n\n");
    }

    [Fact]
    public void Comments_retry_and_events_without_data_pass_and_an_unfinished_event_does_not()
    {
        Filter(": keep-alive\n\nretry: 100\n\nid: 3\ndata:\n\ndata: " + Listed).ShouldBe(": keep-alive\n\nretry: 100\n\nid: 3\ndata: \n\n");
        Filter("\uFEFFdata: {}\n\n").ShouldBe("data: {}\n\n");
    }

    [Theory]
    [InlineData("data: tools\n\n")]
    [InlineData("data: {\n\n")]
    public void What_is_no_message_ends_the_stream(string stream) =>
        new EventFilter(Granted).TryWrite(Encoding.UTF8.GetBytes(stream), new ArrayBufferWriter<byte>()).ShouldBeFalse();

    [Fact]
    public void An_event_without_end_is_not_kept_for_ever()
    {
        var filter = new EventFilter(Granted);
        var chunk = new byte[1024 * 1024];
        chunk.AsSpan().Fill((byte)'x');

        var taken = Enumerable.Range(0, 20).TakeWhile(_ => filter.TryWrite(chunk, new ArrayBufferWriter<byte>())).Count();

        taken.ShouldBe(ListAnswer.MaxBytes / chunk.Length);
    }

    private static string Filter(string stream, int size = int.MaxValue)
    {
        var filter = new EventFilter(Granted);
        var output = new ArrayBufferWriter<byte>();
        foreach (var piece in Encoding.UTF8.GetBytes(stream).Chunk(size))
        {
            filter.TryWrite(piece, output).ShouldBeTrue();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
