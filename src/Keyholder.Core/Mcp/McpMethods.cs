namespace Keyholder.Mcp;

/// <summary>The methods the gateway treats specially, and the spelling of the common ones.</summary>
public static class McpMethods
{
    public const string Initialize = "initialize";
    public const string ToolsCall = "tools/call";
    public const string PromptsGet = "prompts/get";
    public const string ResourcesRead = "resources/read";
    public const string ToolsList = "tools/list";
    public const string PromptsList = "prompts/list";
    public const string ResourcesList = "resources/list";
    public const string ResourceTemplatesList = "resources/templates/list";
    public const string ResourcesSubscribe = "resources/subscribe";
    public const string ResourcesUnsubscribe = "resources/unsubscribe";
    public const string CompletionComplete = "completion/complete";
    public const string SubscriptionsListen = "subscriptions/listen";
    public const string TasksGet = "tasks/get";
    public const string TasksUpdate = "tasks/update";
    public const string TasksCancel = "tasks/cancel";

    /// <summary>The member of <c>params</c> that <c>Mcp-Name</c> mirrors for a method (MCP 2026-07-28, streamable HTTP; tasks extension), or null when there is none.</summary>
    public static string? NameMember(string method) => method switch
    {
        ToolsCall or PromptsGet => "name",
        ResourcesRead => "uri",
        TasksGet or TasksUpdate or TasksCancel => "taskId",
        _ => null,
    };

    /// <summary>The shared string for a common method, so that reading a message allocates nothing for it; null for others.</summary>
    internal static string? Known(ReadOnlySpan<byte> method) => method.Length switch
    {
        4 when method.SequenceEqual("ping"u8) => "ping",
        9 when method.SequenceEqual("tasks/get"u8) => TasksGet,
        10 when method.SequenceEqual("tools/call"u8) => ToolsCall,
        10 when method.SequenceEqual("tools/list"u8) => ToolsList,
        10 when method.SequenceEqual("initialize"u8) => Initialize,
        11 when method.SequenceEqual("prompts/get"u8) => PromptsGet,
        12 when method.SequenceEqual("prompts/list"u8) => PromptsList,
        14 when method.SequenceEqual("resources/read"u8) => ResourcesRead,
        14 when method.SequenceEqual("resources/list"u8) => ResourcesList,
        15 when method.SequenceEqual("server/discover"u8) => "server/discover",
        25 when method.SequenceEqual("notifications/initialized"u8) => "notifications/initialized",
        _ => null,
    };
}
