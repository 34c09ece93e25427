namespace Keyholder.Server.Gateway;

/// <summary>What the gateway logs. Never a token, a header's value, or a body.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(2000, LogLevel.Debug, "Resource {Resource}: answered {ErrorId}")]
    public static partial void Refused(ILogger logger, string resource, string errorId);

    [LoggerMessage(2001, LogLevel.Warning, "Resource {Resource}: a client of {Subject} sent what two parsers could read differently ({ErrorId})")]
    public static partial void Smuggling(ILogger logger, string resource, string subject, string errorId);

    [LoggerMessage(2002, LogLevel.Warning, "Resource {Resource}: an MCP session id that was not issued to {Subject} was refused")]
    public static partial void ForeignSession(ILogger logger, string resource, string subject);

    [LoggerMessage(2003, LogLevel.Warning, "Resource {Resource}: the forward failed: {Outcome} ({Reason})")]
    public static partial void ForwardFailed(ILogger logger, string resource, ForwardOutcome outcome, string reason);

    [LoggerMessage(2004, LogLevel.Information, "Resource {Resource}: the upstream refused the credential of {Subject}")]
    public static partial void CredentialRejected(ILogger logger, string resource, string subject);

    [LoggerMessage(2005, LogLevel.Error, "Resource {Resource}: the upstream refuses the configured credential")]
    public static partial void ConfiguredCredentialRejected(ILogger logger, string resource);

    [LoggerMessage(2006, LogLevel.Information, "Resource {Resource}: an answer to {Subject} was cut because its token was revoked or expired")]
    public static partial void StreamCut(ILogger logger, string resource, string subject);
}
