using System.Text;
using Keyholder.Mcp;

namespace Keyholder.Tests.Mcp;

public sealed class McpAuthorizationTests
{
    private static readonly ToolPolicy Granted = ToolPolicy.Everything.Narrow(new(["read", "tool:prompt:odd", "prompt:summary", "resource:file:///a", "resource:file:///{name}"]));

    [Theory]
    [InlineData("tools/call", """{"name":"read"}""")]
    [InlineData("tools/call", """{"name":"prompt:odd"}""")]
    [InlineData("prompts/get", """{"name":"summary"}""")]
    [InlineData("resources/read", """{"uri":"file:///a"}""")]
    [InlineData("resources/subscribe", """{"uri":"file:///a"}""")]
    [InlineData("resources/unsubscribe", """{"uri":"file:///a"}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","name":"summary"},"argument":{"name":"x","value":"y"}}""")]
    [InlineData("completion/complete", """{"argument":{"name":"x","value":"y"},"ref":{"uri":"file:///{name}","type":"ref/resource"}}""")]
    [InlineData("subscriptions/listen", """{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["file:///a"]}}""")]
    [InlineData("subscriptions/listen", """{"notifications":{"toolsListChanged":true}}""")]
    [InlineData("tools/list", """{}""")]
    [InlineData("prompts/list", """{}""")]
    [InlineData("resources/list", """{}""")]
    [InlineData("resources/templates/list", """{}""")]
    [InlineData("initialize", """{}""")]
    [InlineData("ping", """{}""")]
    [InlineData("server/discover", """{}""")]
    [InlineData("logging/setLevel", """{"level":"info"}""")]
    [InlineData("notifications/cancelled", """{"requestId":1}""")]
    public void What_the_grant_names_and_what_every_session_needs_is_allowed(string method, string parameters) =>
        Allows(Granted, method, parameters).ShouldBeTrue();

    [Theory]
    [InlineData("tools/call", """{"name":"Read"}""")]
    [InlineData("tools/call", """{"name":"delete"}""")]
    [InlineData("tools/call", """{"name":"odd"}""")]
    [InlineData("tools/call", """{"name":"prompt:summary"}""")]
    [InlineData("tools/call", """{"name":"*"}""")]
    [InlineData("tools/call", """{"name":""}""")]
    [InlineData("prompts/get", """{"name":"read"}""")]
    [InlineData("resources/read", """{"uri":"file:///a/../b"}""")]
    [InlineData("resources/read", """{"uri":"FILE:///a"}""")]
    [InlineData("resources/subscribe", """{"uri":"file:///b"}""")]
    [InlineData("resources/subscribe", """{}""")]
    [InlineData("resources/unsubscribe", """{"uri":7}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","name":"other"}}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","uri":"file:///a"}}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/other","name":"summary"}}""")]
    [InlineData("completion/complete", """{"ref":"summary"}""")]
    [InlineData("completion/complete", """{}""")]
    [InlineData("subscriptions/listen", """{"notifications":{"resourceSubscriptions":["file:///a","file:///b"]}}""")]
    [InlineData("tasks/get", """{"taskId":"t"}""")]
    [InlineData("tasks/list", """{}""")]
    [InlineData("tasks/result", """{"taskId":"t"}""")]
    [InlineData("vendor/export", """{}""")]
    [InlineData("tools/callx", """{"name":"read"}""")]
    public void Everything_else_is_refused_even_what_nobody_knows(string method, string parameters) =>
        Allows(Granted, method, parameters).ShouldBeFalse();

    [Theory]
    [InlineData("tools/call", """{"name":"anything"}""", true)]
    [InlineData("tools/call", """{"name":"delete"}""", false)]
    [InlineData("resources/read", """{"uri":"file:///secret"}""", false)]
    [InlineData("prompts/get", """{"name":"anything"}""", false)]
    [InlineData("tasks/get", """{"taskId":"t"}""", true)]
    [InlineData("vendor/export", """{}""", true)]
    public void What_is_denied_is_refused_and_the_rest_stays(string method, string parameters, bool allowed) =>
        Allows(new ToolPolicy(null, new(["delete", "prompt:*", "resource:file:///secret"])), method, parameters).ShouldBe(allowed);

    [Fact]
    public void A_grant_never_widens_what_the_resource_allows_and_a_denial_counts_before_both()
    {
        var policy = new ToolPolicy(new(["a", "b", "c"]), new(["b"])).Narrow(new(["b", "c", "d"]));

        new[] { "a", "b", "c", "d" }.Where(tool => policy.Allows(McpCapabilityKind.Tool, tool)).ShouldBe(["c"]);
    }

    [Fact]
    public void Wildcards_mean_all_of_their_kind_and_no_other()
    {
        var policy = ToolPolicy.Everything.Narrow(new(["*", "task:*"]));

        Allows(policy, "tools/call", """{"name":"any"}""").ShouldBeTrue();
        Allows(policy, "tasks/get", """{"taskId":"t"}""").ShouldBeTrue();
        Allows(policy, "prompts/get", """{"name":"any"}""").ShouldBeFalse();
        Allows(policy, "resources/read", """{"uri":"file:///a"}""").ShouldBeFalse();
    }

    [Fact]
    public void An_empty_grant_allows_no_tool_and_still_opens_a_session()
    {
        var policy = ToolPolicy.Everything.Narrow(new([]));

        Allows(policy, "tools/call", """{"name":"read"}""").ShouldBeFalse();
        Allows(policy, "initialize", "{}").ShouldBeTrue();
    }

    [Fact]
    public void One_message_of_a_batch_that_is_not_allowed_spoils_all_of_it()
    {
        var body = Read("""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"}},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete"}}]""");

        McpAuthorization.Allows(Granted, body).ShouldBeFalse();
        McpAuthorization.Allows(ToolPolicy.Everything, body).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"ref":{"type":"ref/prompt","name":"summary","name":"other"}}""", McpReadOutcome.DuplicateMember)]
    [InlineData("""{"ref":{"type":"ref/prompt","name":"summary","Name":"other"}}""", McpReadOutcome.AmbiguousMember)]
    [InlineData("""{"Ref":{"type":"ref/prompt","name":"other"}}""", McpReadOutcome.AmbiguousMember)]
    [InlineData("""{"ref":{},"ref":{}}""", McpReadOutcome.DuplicateMember)]
    [InlineData("""{"Notifications":{}}""", McpReadOutcome.AmbiguousMember)]
    [InlineData("""{"notifications":{"resourcesubscriptions":["file:///b"]}}""", McpReadOutcome.AmbiguousMember)]
    [InlineData("""{"notifications":{"resourceSubscriptions":"file:///b"}}""", McpReadOutcome.InvalidMessage)]
    [InlineData("""{"notifications":{"resourceSubscriptions":["file:///a",7]}}""", McpReadOutcome.InvalidMessage)]
    [InlineData("""{"notifications":{"resourceSubscriptions":["\ud800"]}}""", McpReadOutcome.Malformed)]
    public void What_two_parsers_could_read_differently_is_never_judged(string parameters, McpReadOutcome outcome) =>
        McpMessageReader.Read(Encoding.UTF8.GetBytes(Message("completion/complete", parameters)), out _).ShouldBe(outcome);

    private static string Message(string method, string parameters) => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";

    private static bool Allows(ToolPolicy policy, string method, string parameters) => McpAuthorization.Allows(policy, Read(Message(method, parameters)));

    private static McpBody Read(string json)
    {
        McpMessageReader.Read(Encoding.UTF8.GetBytes(json), out var body).ShouldBe(McpReadOutcome.Read);
        return body;
    }
}
