using System.Text;
using Keyholder.Mcp;

namespace Keyholder.Tests.Mcp;

public sealed class McpHeaderPolicyTests
{
    private const string V = McpProtocolVersions.V20260728;
    private const string Meta = """ "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"} """;
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo",""" + Meta + "}}";
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{""" + Meta + "}}";
    private const string LegacyCall = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}""";
    private const string Cancelled = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}""";
    private const string Response = """{"jsonrpc":"2.0","id":1,"result":{}}""";
    private const string Batch = """[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}},{"jsonrpc":"2.0","id":2,"method":"ping"}]""";

    [Theory]
    [InlineData(Call, V, "tools/call", "echo", McpHeaderOutcome.Consistent)]
    [InlineData(Call, V, "tools/call", "=?base64?ZWNobw==?=", McpHeaderOutcome.Consistent)]
    [InlineData(List, V, "tools/list", null, McpHeaderOutcome.Consistent)]
    [InlineData(Cancelled, V, null, null, McpHeaderOutcome.Consistent)]
    [InlineData(Call, null, "tools/call", "echo", McpHeaderOutcome.VersionMismatch)]
    [InlineData(Call, "2025-11-25", "tools/call", "echo", McpHeaderOutcome.VersionMismatch)]
    [InlineData(LegacyCall, V, "tools/call", "echo", McpHeaderOutcome.VersionMissingInBody)]
    [InlineData(Call, "2027-01-01", "tools/call", "echo", McpHeaderOutcome.UnsupportedVersion)]
    [InlineData(LegacyCall, "1900-01-01", null, null, McpHeaderOutcome.UnsupportedVersion)]
    [InlineData(LegacyCall, "2025-11-25, 2026-07-28", null, null, McpHeaderOutcome.UnsupportedVersion)]
    [InlineData(Call, V, null, "echo", McpHeaderOutcome.MethodMismatch)]
    [InlineData(Call, V, "tools/list", "echo", McpHeaderOutcome.MethodMismatch)]
    [InlineData(Call, V, "TOOLS/CALL", "echo", McpHeaderOutcome.MethodMismatch)]
    [InlineData(Call, V, "tools/call", null, McpHeaderOutcome.NameMismatch)]
    [InlineData(Call, V, "tools/call", "Echo", McpHeaderOutcome.NameMismatch)]
    [InlineData(Call, V, "tools/call", "=?base64?ZGVsZXRl?=", McpHeaderOutcome.NameMismatch)]
    [InlineData(Call, V, "tools/call", "=?base64?ZWNobw?=", McpHeaderOutcome.NameMismatch)]
    [InlineData(Call, V, "tools/call", "=?base64?ZWNo bw==?=", McpHeaderOutcome.NameMismatch)]
    [InlineData(Call, V, "tools/call", "=?base64?!!?=", McpHeaderOutcome.NameMismatch)]
    [InlineData(List, V, "tools/list", "echo", McpHeaderOutcome.NameMismatch)]
    [InlineData(Response, V, null, null, McpHeaderOutcome.ResponseNotAllowed)]
    [InlineData(Batch, V, null, null, McpHeaderOutcome.BatchNotAllowed)]
    [InlineData(LegacyCall, null, null, null, McpHeaderOutcome.Consistent)]
    [InlineData(LegacyCall, "2025-11-25", null, null, McpHeaderOutcome.Consistent)]
    [InlineData(LegacyCall, "2025-11-25", "tools/call", "echo", McpHeaderOutcome.Consistent)]
    [InlineData(LegacyCall, "2025-11-25", "tools/list", null, McpHeaderOutcome.MethodMismatch)]
    [InlineData(LegacyCall, null, null, "delete", McpHeaderOutcome.NameMismatch)]
    [InlineData(Response, "2025-11-25", "tools/call", null, McpHeaderOutcome.MethodMismatch)]
    [InlineData(Response, null, null, null, McpHeaderOutcome.Consistent)]
    [InlineData(Batch, null, null, null, McpHeaderOutcome.Consistent)]
    [InlineData(Batch, "2025-03-26", null, null, McpHeaderOutcome.Consistent)]
    [InlineData(Batch, "2025-06-18", null, null, McpHeaderOutcome.BatchNotAllowed)]
    [InlineData(Batch, "2025-03-26", "tools/call", null, McpHeaderOutcome.MethodMismatch)]
    public void Headers_may_not_contradict_the_body(string json, string? version, string? method, string? name, McpHeaderOutcome expected)
    {
        McpMessageReader.Read(Encoding.UTF8.GetBytes(json), out var body).ShouldBe(McpReadOutcome.Read);

        McpHeaderPolicy.Check(new McpRequestHeaders(version, method, name), body).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Grüße", "=?base64?R3LDvMOfZQ==?=", true)]
    [InlineData("=?base64?ZWNobw==?=", "=?base64?ZWNobw==?=", false)]
    [InlineData("", "=?base64??=", true)]
    [InlineData("plain", "plain", true)]
    public void A_name_that_looks_encoded_has_to_be_encoded(string name, string header, bool says) => McpHeaderValue.Says(header, name).ShouldBe(says);
}
