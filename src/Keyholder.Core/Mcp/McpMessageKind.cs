namespace Keyholder.Mcp;

/// <summary>The JSON-RPC 2.0 kinds of message a client may send.</summary>
public enum McpMessageKind
{
    /// <summary>Has a method and an id; wants an answer.</summary>
    Request,

    /// <summary>Has a method and no id.</summary>
    Notification,

    /// <summary>Answers a request of the server (sampling, elicitation, roots); has a result or an error.</summary>
    Response,
}
