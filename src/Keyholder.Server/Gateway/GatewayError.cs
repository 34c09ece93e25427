namespace Keyholder.Server.Gateway;

/// <summary>An error the gateway answers with itself, as a value. Everything in it is public.</summary>
/// <param name="Id">The stable id of docs/errors.md.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The <c>error</c> code; of RFC 6750 where it names one.</param>
/// <param name="Description">The <c>error_description</c>: ASCII without quotes.</param>
/// <param name="JsonRpcCode">When set, the body is a JSON-RPC error with this code, as MCP demands for errors about the message.</param>
internal sealed record GatewayError(string Id, int Status, string Code, string Description, int? JsonRpcCode = null);
