using Microsoft.Extensions.Logging;

namespace Keyholder.Vault;

internal static partial class VaultLog
{
    [LoggerMessage(1600, LogLevel.Error, "The credential {Key} was refused: {Outcome}")]
    public static partial void CredentialRefused(ILogger logger, CredentialKey key, CredentialFindOutcome outcome);

    [LoggerMessage(1601, LogLevel.Information, "The credential {Key} is {Status} now: {Reason}")]
    public static partial void Marked(ILogger logger, CredentialKey key, CredentialStatus status, string reason);
}
