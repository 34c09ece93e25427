using System.Buffers;
using System.Diagnostics;
using System.Text;
using Keyholder.Mcp;

namespace Keyholder.Tests.Mcp;

public sealed class McpListFilterTests
{
    private static readonly ToolPolicy Granted = ToolPolicy.Everything.Narrow(new(["a", "c", "prompt:a", "resource:file:///a", "resource:file:///{a}"]));

    [Theory]
    [InlineData("""{"tools":[{"name":"a"},{"name":"b"},{"name":"c"}]}""", """{"tools":[{"name":"a"},{"name":"c"}]}""")]
    [InlineData("""{"tools":[{"name":"b"},{"name":"a"}],"nextCursor":"x"}""", """{"tools":[{"name":"a"}],"nextCursor":"x"}""")]
    [InlineData("""{"tools":[{"name":"b"}]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[ ]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[{"inputSchema":{"properties":{"name":{"name":"a"}}},"name":"b"}]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[{"inputSchema":{"properties":{"name":{"x":1}}},"name":"a"}]}""", """{"tools":[{"inputSchema":{"properties":{"name":{"x":1}}},"name":"a"}]}""")]
    [InlineData("""{"prompts":[{"name":"a"},{"name":"c"}]}""", """{"prompts":[{"name":"a"}]}""")]
    [InlineData("""{"resources":[{"uri":"file:///a","name":"b"},{"uri":"file:///b","name":"a"}]}""", """{"resources":[{"uri":"file:///a","name":"b"}]}""")]
    [InlineData("""{"resourceTemplates":[{"uriTemplate":"file:///{a}"},{"uriTemplate":"file:///{b}","uri":"file:///a"}]}""", """{"resourceTemplates":[{"uriTemplate":"file:///{a}"}]}""")]
    [InlineData("""{"content":[{"type":"text","text":"tools"}]}""", """{"content":[{"type":"text","text":"tools"}]}""")]
    [InlineData("""{"tools":{"listChanged":true}}""", """{"tools":{"listChanged":true}}""")]
    public void Only_what_is_allowed_stays(string result, string expected) => Filter(Message(result)).ShouldBe(Message(expected));

    [Theory]
    [InlineData("""{"\u0074ools":[{"name":"b"}]}""", """{"\u0074ools":[]}""")]
    [InlineData("""{"Tools":[{"name":"b"}]}""", """{"Tools":[]}""")]
    [InlineData("""{"tools":[{"n\u0061me":"b"}]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[{"name":"\u0061"}]}""", """{"tools":[{"name":"\u0061"}]}""")]
    [InlineData("""{"tools":[{"name":"a","name":"b"}]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[{"name":"a","Name":"b"}]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[{"title":"a"},{"name":7},{"name":null},"a",["a"],null,{}]}""", """{"tools":[]}""")]
    [InlineData("""{"tools":[{"name":"a"}],"tools":[{"name":"b"}]}""", """{"tools":[{"name":"a"}],"tools":[]}""")]
    public void However_a_list_is_spelled_nothing_slips_through(string result, string expected) => Filter(Message(result)).ShouldBe(Message(expected));

    [Fact]
    public void A_filtered_list_is_private_to_its_principal()
    {
        Filter(Message("""{"tools":[],"ttlMs":60000,"cacheScope":"public"}""")).ShouldBe(Message("""{"tools":[],"ttlMs":60000,"cacheScope":"private"}"""));
        Filter(Message("""{"cacheScope":{"a":[1]},"tools":[]}""")).ShouldBe(Message("""{"cacheScope":"private","tools":[]}"""));
    }

    [Fact]
    public void Every_message_of_a_batch_is_filtered_and_errors_and_notifications_pass()
    {
        const string Text = """[{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"b"}]}}, {"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"tools"}},{"jsonrpc":"2.0","method":"notifications/x","params":{"tools":[{"name":"b"}]}}]""";

        Filter(Text).ShouldBe(Text.Replace("""{"tools":[{"name":"b"}]}},""", """{"tools":[]}},""", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tools")]
    [InlineData("\"tools\"")]
    [InlineData("[1]")]
    [InlineData("[[{}]]")]
    [InlineData("""{"result":{"tools":[{"name":"b"}]}""")]
    [InlineData("""{"result":{"tools":[]}}{"result":{"tools":[{"name":"b"}]}}""")]
    [InlineData("""{"result":{"tools":[{"name":"\ud800"}]}}""")]
    [InlineData("""{"result":{"tools":[],}}""")]
    public void What_is_not_one_well_formed_text_is_not_passed_on(string json) =>
        McpListFilter.TryFilter(Encoding.UTF8.GetBytes(json), Granted, new ArrayBufferWriter<byte>()).ShouldBeFalse();

    [Fact]
    public void Five_hundred_tools_are_filtered_in_a_millisecond()
    {
        var schema = """{"type":"object","properties":{"query":{"type":"string","description":"What to look for, in words."},"limit":{"type":"integer"}},"required":["query"]}""";
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"name":"tool-{{i}}","title":"Tool {{i}}","description":"Does what tool {{i}} does, and nothing else.","inputSchema":{{schema}}}"""));
        var json = Encoding.UTF8.GetBytes(Message($$"""{"tools":[{{tools}}]}"""));
        var policy = ToolPolicy.Everything.Narrow(new(Enumerable.Range(0, 250).Select(i => $"tool-{i * 2}")));
        var output = new ArrayBufferWriter<byte>(json.Length);

        // The best of many: what else the machine does is not asked here.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 200; i++)
        {
            output.ResetWrittenCount();
            var began = Stopwatch.GetTimestamp();
            McpListFilter.TryFilter(json, policy, output).ShouldBeTrue();
            var took = Stopwatch.GetElapsedTime(began);
            best = took < best ? took : best;
        }

        Encoding.UTF8.GetString(output.WrittenSpan).Split("\"name\":").Length.ShouldBe(251);
        best.ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
    }

    private static string Message(string result) => $$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""";

    private static string Filter(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        McpListFilter.TryFilter(Encoding.UTF8.GetBytes(json), Granted, output).ShouldBeTrue();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
