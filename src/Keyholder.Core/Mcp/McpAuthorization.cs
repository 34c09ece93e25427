namespace Keyholder.Mcp;

/// <summary>Holds a message of a client against a policy. Pure.</summary>
public static class McpAuthorization
{
    /// <summary>Whether every message of a body may be sent.</summary>
    public static bool Allows(ToolPolicy policy, in McpBody body)
    {
        if (!policy.IsRestricted)
        {
            return true;
        }

        return body.Batch is null ? Allows(policy, body.Message) : body.Batch.All(message => Allows(policy, message));
    }

    /// <summary>Whether the answer to a body may hold a list that has to be filtered.</summary>
    public static bool Lists(in McpBody body) => body.Batch is null ? Lists(body.Message) : body.Batch.Any(Lists);

    private static bool Lists(McpMessage message) => message.Method is McpMethods.ToolsList or McpMethods.PromptsList or McpMethods.ResourcesList or McpMethods.ResourceTemplatesList;

    private static bool Allows(ToolPolicy policy, McpMessage message) => message.Method switch
    {
        null => true,
        McpMethods.ToolsCall => policy.Allows(McpCapabilityKind.Tool, message.Name),
        McpMethods.PromptsGet => policy.Allows(McpCapabilityKind.Prompt, message.Name),
        McpMethods.ResourcesRead or McpMethods.ResourcesSubscribe or McpMethods.ResourcesUnsubscribe => policy.Allows(McpCapabilityKind.Resource, message.Uri),
        McpMethods.CompletionComplete => AllowsReference(policy, message.Reference),
        McpMethods.SubscriptionsListen => message.ResourceSubscriptions is null || message.ResourceSubscriptions.All(uri => policy.Allows(McpCapabilityKind.Resource, uri)),
        McpMethods.Initialize or "ping" or "server/discover" or "logging/setLevel" => true,
        _ when Lists(message) || message.Method.StartsWith("notifications/", StringComparison.Ordinal) => true,
        _ when message.Method.StartsWith("tasks/", StringComparison.Ordinal) => policy.Allows(McpCapabilityKind.Task, null),
        _ => !policy.NamesWhatIsAllowed,
    };

    private static bool AllowsReference(ToolPolicy policy, McpReference? reference) => reference switch
    {
        { Type: "ref/prompt", Name: { } name } => policy.Allows(McpCapabilityKind.Prompt, name),
        { Type: "ref/resource", Uri: { } uri } => policy.Allows(McpCapabilityKind.Resource, uri),
        _ => !policy.NamesWhatIsAllowed,
    };
}
