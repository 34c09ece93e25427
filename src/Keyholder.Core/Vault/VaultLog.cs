using Microsoft.Extensions.Logging;

namespace Keyholder.Vault;

internal static partial class VaultLog
{
    [LoggerMessage(1600, LogLevel.Error, "The credential {Key} was refused: {Outcome}")]
    public static partial void CredentialRefused(ILogger logger, CredentialKey key, CredentialFindOutcome outcome);

    [LoggerMessage(1601, LogLevel.Information, "The credential {Key} is {Status} now: {Reason}")]
    public static partial void Marked(ILogger logger, CredentialKey key, CredentialStatus status, string reason);

    [LoggerMessage(1602, LogLevel.Warning, "The upstream of resource {Resource} refuses the credential {Key}: {Reason}. Other resources go on using it.")]
    public static partial void RefusedByResource(ILogger logger, CredentialKey key, string resource, string reason);

    [LoggerMessage(1603, LogLevel.Information, "The upstream of resource {Resource} takes the credential {Key} again.")]
    public static partial void AcceptedByResource(ILogger logger, CredentialKey key, string resource);
}
