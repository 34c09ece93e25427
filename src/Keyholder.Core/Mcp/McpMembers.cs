namespace Keyholder.Mcp;

/// <summary>What was seen of one message, in whatever order its members came.</summary>
internal struct McpMembers
{
    public string? Method;
    public string? Name;
    public string? Uri;
    public string? TaskId;
    public McpReference? Reference;
    public List<string>? ResourceSubscriptions;
    public string? ProtocolVersion;
    public Range Id;
    public bool HasId;
    public bool IdIsNull;
    public bool HasParams;
    public bool HasResult;
    public bool HasError;
    public bool IsJsonRpc2;

    public readonly McpReadOutcome ToMessage(out McpMessage message)
    {
        message = default;
        if (!IsJsonRpc2)
        {
            return McpReadOutcome.InvalidMessage;
        }

        if (Method is null)
        {
            // A response: exactly one of result and error; the id is null only when the peer could not read the request.
            var isResponse = HasResult != HasError && HasId && !HasParams && (HasError || !IdIsNull);
            message = new McpMessage { Kind = McpMessageKind.Response, Id = Id };
            return isResponse ? McpReadOutcome.Read : McpReadOutcome.InvalidMessage;
        }

        if (HasResult || HasError || IdIsNull)
        {
            return McpReadOutcome.InvalidMessage;
        }

        var nameMember = McpMethods.NameMember(Method);
        var name = nameMember switch
        {
            "name" => Name,
            "uri" => Uri,
            "taskId" => TaskId,
            _ => null,
        };
        message = new McpMessage
        {
            Kind = HasId ? McpMessageKind.Request : McpMessageKind.Notification,
            Method = Method,
            Name = name,
            Uri = Uri,
            Reference = Reference,
            ResourceSubscriptions = ResourceSubscriptions,
            ProtocolVersion = ProtocolVersion,
            Id = Id,
        };
        return nameMember is not null && name is null ? McpReadOutcome.MissingName : McpReadOutcome.Read;
    }
}
