namespace Keyholder.Mcp;

/// <summary>What a completion is asked for: <c>params.ref</c>.</summary>
/// <param name="Type"><c>ref/prompt</c> or <c>ref/resource</c>.</param>
/// <param name="Name">The prompt's name.</param>
/// <param name="Uri">The resource's URI or URI template.</param>
public sealed record McpReference(string? Type, string? Name, string? Uri);
