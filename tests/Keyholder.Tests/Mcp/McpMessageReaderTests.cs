using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Keyholder.Mcp;

namespace Keyholder.Tests.Mcp;

public sealed class McpMessageReaderTests
{
    private const string Valid = """{"jsonrpc":"2.0","id":"a\u0041","method":"tools/call","params":{"name":"echo","arguments":{"x":[1,{"y":null}]},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""";

    [Fact]
    public void A_request_is_read_in_one_pass()
    {
        Read(Valid, out var body).ShouldBe(McpReadOutcome.Read);

        body.Batch.ShouldBeNull();
        body.Message.Kind.ShouldBe(McpMessageKind.Request);
        body.Message.Method.ShouldBe("tools/call");
        body.Message.Name.ShouldBe("echo");
        body.Message.ProtocolVersion.ShouldBe("2026-07-28");
        Valid[body.Message.Id].ShouldBe("\"a\\u0041\"");
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", McpMessageKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"a":1}}""", McpMessageKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}""", McpMessageKind.Response)]
    [InlineData("""{"params":{"uri":"file:///x","name":"not it"},"method":"resources/read","id":-7,"jsonrpc":"2.0"}  """, McpMessageKind.Request)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"\u006dethod":"ping"}""", McpMessageKind.Request)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"x/\ud83d\ude00","params":{"name":7}}""", McpMessageKind.Request)]
    public void What_the_protocol_allows_is_read(string json, McpMessageKind kind)
    {
        Read(json, out var body).ShouldBe(McpReadOutcome.Read);

        body.Message.Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("resources/read", "uri")]
    [InlineData("prompts/get", "name")]
    [InlineData("tasks/cancel", "taskId")]
    public void The_name_comes_from_the_member_the_method_acts_on(string method, string member)
    {
        Read($$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"{{{member}}}":"it"}}""", out var body).ShouldBe(McpReadOutcome.Read);

        body.Message.Name.ShouldBe("it");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("nul")]
    [InlineData("\uFEFF{\"jsonrpc\":\"2.0\",\"method\":\"a\"}")]
    [InlineData("""{"jsonrpc":"2.0","method":"a"}x""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"b"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a",}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a"/**/}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"\udc00\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a","params":{"x":["\ud800\u0041"]}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a","params":{"x":{"\udfff":1}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a","\ud800":1}""")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"a\u0001\"}")]
    public void What_is_not_one_JSON_text_is_malformed(string json) => Read(json, out _).ShouldBe(McpReadOutcome.Malformed);

    [Fact]
    public void Invalid_UTF_8_is_malformed_wherever_it_stands()
    {
        var body = Encoding.UTF8.GetBytes(Valid);
        body[Valid.IndexOf("echo", StringComparison.Ordinal)] = 0xFF;

        McpMessageReader.Read(body, out _).ShouldBe(McpReadOutcome.Malformed);
    }

    [Theory]
    [InlineData(63, McpReadOutcome.Read)]
    [InlineData(64, McpReadOutcome.Malformed)]
    [InlineData(100_000, McpReadOutcome.Malformed)]
    public void Nesting_is_bounded(int depth, McpReadOutcome expected)
    {
        var arrays = new string('[', depth) + new string(']', depth);
        var body = """{"jsonrpc":"2.0","id":1,"result":""" + arrays + "}";

        Read(body, out _).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"a","method":"b"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"a","\u006dethod":"b"}""")]
    [InlineData("""{"jsonrpc":"2.0","\u006d\u0065thod":"a","m\u0065thod":"b"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","n\u0061me":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"arguments":{"a":{"b":1,"c":2,"b":3}}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"arguments":[{"é":1,"\u00e9":3}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"_meta":{"k":1,"k":1}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"":1,"":2}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"a/b":1,"a\/b":2}}""")]
    public void A_member_named_twice_is_refused_however_it_is_spelled(string json) => Read(json, out _).ShouldBe(McpReadOutcome.DuplicateMember);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","Name":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","N\u0061ME":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"resources/read","params":{"uri":"a","URI":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tasks/get","params":{"taskId":"a","taſKid":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tasks/get","params":{"taskId":"a","tasKid":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"_META":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"_meta":{"io.modelcontextprotocol/ProtocolVersion":"2025-11-25"}}}""")]
    public void A_member_that_only_a_parser_without_case_would_take_is_refused(string json) => Read(json, out _).ShouldBe(McpReadOutcome.AmbiguousMember);

    [Theory]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[[]]")]
    [InlineData("{}")]
    [InlineData("""{"method":"a"}""")]
    [InlineData("""{"jsonrpc":"1.0","method":"a"}""")]
    [InlineData("""{"jsonrpc":2.0,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":""}""")]
    [InlineData("""{"jsonrpc":"2.0","method":null}""")]
    [InlineData("""{"jsonrpc":"2.0","method":{"a":1}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1e3,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":true,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":[1],"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":"x"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","error":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","Method":"b"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","extra":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":1}}}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"initialize"}]""")]
    public void What_is_not_a_message_of_MCP_is_refused(string json) => Read(json, out _).ShouldBe(McpReadOutcome.InvalidMessage);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"uri":"a"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["a"]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"name":"a"}}""")]
    public void A_call_that_does_not_say_of_what_is_refused(string json)
    {
        Read(json, out var body).ShouldBe(McpReadOutcome.MissingName);

        json[body.Message.Id].ShouldBe("1");
    }

    [Fact]
    public void Every_message_of_a_batch_is_read()
    {
        Read("""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}},{"jsonrpc":"2.0","id":2,"method":"ping"}]""", out var body).ShouldBe(McpReadOutcome.Read);

        body.Batch!.Select(m => (m.Method, m.Name)).ShouldBe([("tools/call", "a"), ("ping", null)]);
    }

    [Theory]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"a","method":"b"}]""", McpReadOutcome.DuplicateMember)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"},7]""", McpReadOutcome.InvalidMessage)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":1,"method":"tools/call"}]""", McpReadOutcome.MissingName)]
    public void One_bad_message_spoils_a_batch(string json, McpReadOutcome expected) => Read(json, out _).ShouldBe(expected);

    [Theory]
    [InlineData(17)]
    [InlineData(200)]
    [InlineData(50_000)]
    public void Large_objects_are_checked_too(int members)
    {
        var distinct = string.Join(',', Enumerable.Range(0, members).Select(i => $"\"k{i}\":{{\"k{i}\":{i}}}"));

        Read($$$"""{"jsonrpc":"2.0","id":1,"result":{{{{distinct}}}}}""", out _).ShouldBe(McpReadOutcome.Read);
        Read($$$"""{"jsonrpc":"2.0","id":1,"result":{{{{distinct}}},"\u006b{{{members - 1}}}":0}}""", out _).ShouldBe(McpReadOutcome.DuplicateMember);
        Read($$$"""{"jsonrpc":"2.0","id":1,"result":{{{{distinct}}},"k0":0}}""", out _).ShouldBe(McpReadOutcome.DuplicateMember);
    }

    [Fact]
    public void Whatever_is_accepted_is_read_the_same_by_a_strict_parser()
    {
        string[] seeds =
        [
            Valid,
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"name":"b","n\u0061me2":"\u00e9\ud83d\ude00"}}}""",
            """[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"u"}}]""",
            """{"jsonrpc":"2.0","id":1,"result":{"a":{"b":1},"c":{"b":1}}}""",
        ];
        string[] splices = ["\"name\":\"x\",", "\"n\\u0061me\":1,", "\\u006d", "\\ud800", "{", "}", "[", "]", ",", "\"", ":", "null", "\"method\":\"m\",", "\"params\":{},", "\u00ff", "\\", " ", "0", "\"b\":2,"];
        var mutations =
            from seed in Gen.Elements(seeds)
            from count in Gen.Choose(1, 3)
            from edits in Gen.ArrayOf(
                from at in Gen.Choose(0, 400)
                from cut in Gen.Elements(0, 0, 0, 1, 2, 8)
                from splice in Gen.Elements(splices)
                select (at, cut, splice), count)
            select edits.Aggregate(seed, static (text, edit) =>
            {
                var at = edit.at % (text.Length + 1);
                return text[..at] + edit.splice + text[Math.Min(text.Length, at + edit.cut)..];
            });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000), Prop.ForAll(Arb.From(mutations), AgreesWithOracle));
    }

    private static bool AgreesWithOracle(string json)
    {
        var outcome = Read(json, out var body);
        JsonDocument oracle;
        try
        {
            oracle = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = McpMessageReader.MaxDepth });
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            // The latter for a lone surrogate.
            return outcome != McpReadOutcome.Read;
        }

        using (oracle)
        {
            if (outcome != McpReadOutcome.Read)
            {
                return true;
            }

            var messages = oracle.RootElement.ValueKind == JsonValueKind.Array ? [.. oracle.RootElement.EnumerateArray()] : new[] { oracle.RootElement };
            var read = body.Batch ?? [body.Message];
            return messages.Length == read.Count && messages.Zip(read).All(pair => Same(pair.First, pair.Second));
        }
    }

    private static bool Same(JsonElement oracle, McpMessage read)
    {
        var method = oracle.TryGetProperty("method", out var m) ? m.GetString() : null;
        var name = method is not null && McpMethods.NameMember(method) is { } member ? oracle.GetProperty("params").GetProperty(member).GetString() : null;
        return method == read.Method && name == read.Name;
    }

    private static McpReadOutcome Read(string json, out McpBody body) => McpMessageReader.Read(Encoding.UTF8.GetBytes(json), out body);
}
