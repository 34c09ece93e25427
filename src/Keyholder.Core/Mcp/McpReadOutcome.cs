namespace Keyholder.Mcp;

/// <summary>What <see cref="McpMessageReader"/> found.</summary>
public enum McpReadOutcome
{
    Read,

    /// <summary>Not one JSON text in UTF-8 (RFC 8259): syntax, byte-order mark, trailing bytes, invalid UTF-8, a lone surrogate, or nested deeper than 64.</summary>
    Malformed,

    /// <summary>An object names a member twice, however it is spelled: parsers disagree on which one counts.</summary>
    DuplicateMember,

    /// <summary>A member differs only in case from one that is decided on: parsers that ignore case would read it.</summary>
    AmbiguousMember,

    /// <summary>Not a JSON-RPC 2.0 message as MCP allows it.</summary>
    InvalidMessage,

    /// <summary>A batch of more than <see cref="McpMessageReader.MaxBatch"/> messages.</summary>
    BatchTooLarge,

    /// <summary>The method needs a name, URI or task id in its params and has none.</summary>
    MissingName,
}
