namespace Keyholder.Mcp;

/// <summary>
/// Compares the mirrored headers of a POST with its body. The body alone is ever authorized on; but an upstream, or something on the way
/// to it, may act on the headers, so a header that contradicts the body is refused in every protocol version.
/// </summary>
public static class McpHeaderPolicy
{
    /// <summary>The rules of MCP 2026-07-28 for its requests; for earlier versions only that nothing contradicts.</summary>
    public static McpHeaderOutcome Check(in McpRequestHeaders headers, in McpBody body)
    {
        if (headers.ProtocolVersion is { } version && !McpProtocolVersions.IsSupported(version))
        {
            return McpHeaderOutcome.UnsupportedVersion;
        }

        return body.Batch is { } batch ? CheckBatch(headers, batch) : CheckMessage(headers, body.Message);
    }

    // Nothing can mirror several messages.
    private static McpHeaderOutcome CheckBatch(in McpRequestHeaders headers, IReadOnlyList<McpMessage> batch)
    {
        if (!McpProtocolVersions.HasBatches(headers.ProtocolVersion))
        {
            return McpHeaderOutcome.BatchNotAllowed;
        }

        foreach (var message in batch)
        {
            var outcome = CheckMessage(headers, message);
            if (outcome != McpHeaderOutcome.Consistent)
            {
                return outcome;
            }
        }

        return McpHeaderOutcome.Consistent;
    }

    private static McpHeaderOutcome CheckMessage(in McpRequestHeaders headers, in McpMessage message)
    {
        if (message.ProtocolVersion is { } version && version != headers.ProtocolVersion)
        {
            return headers.ProtocolVersion is null && !McpProtocolVersions.IsSupported(version)
                ? McpHeaderOutcome.UnsupportedVersion
                : McpHeaderOutcome.VersionMismatch;
        }

        var modern = McpProtocolVersions.IsModern(headers.ProtocolVersion);
        if (modern && message.Kind == McpMessageKind.Response)
        {
            return McpHeaderOutcome.ResponseNotAllowed;
        }

        var required = modern && message.Kind == McpMessageKind.Request;
        if (required && message.ProtocolVersion is null)
        {
            return McpHeaderOutcome.VersionMissingInBody;
        }

        if (headers.Method is null ? required : headers.Method != message.Method)
        {
            return McpHeaderOutcome.MethodMismatch;
        }

        if (headers.Name is null)
        {
            return required && message.Name is not null ? McpHeaderOutcome.NameMismatch : McpHeaderOutcome.Consistent;
        }

        return message.Name is { } name && McpHeaderValue.Says(headers.Name, name)
            ? McpHeaderOutcome.Consistent
            : McpHeaderOutcome.NameMismatch;
    }
}
