namespace Keyholder.Mcp;

/// <summary>Whether the headers of a POST say what its body says.</summary>
public enum McpHeaderOutcome
{
    Consistent,

    /// <summary>The version is not one the gateway knows the rules of.</summary>
    UnsupportedVersion,

    /// <summary>The body names a version and the header is missing, or they differ.</summary>
    VersionMismatch,

    /// <summary>The header names a stateless version and the request's <c>_meta</c> names none.</summary>
    VersionMissingInBody,

    /// <summary><c>Mcp-Method</c> is missing where it has to be, or differs.</summary>
    MethodMismatch,

    /// <summary><c>Mcp-Name</c> is missing where it has to be, differs, or names something the body does not.</summary>
    NameMismatch,

    /// <summary>Only version 2025-03-26 has batches.</summary>
    BatchNotAllowed,

    /// <summary>A stateless client has no server requests to respond to.</summary>
    ResponseNotAllowed,
}
