using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

internal static partial class UpstreamLog
{
    [LoggerMessage(1500, LogLevel.Warning, "A leg to provider {Provider} cannot start: {Outcome}. {Reason}")]
    public static partial void LegNotStarted(ILogger logger, string provider, LegOutcome outcome, string? reason);

    [LoggerMessage(1501, LogLevel.Warning, "A leg to provider {Provider} ended without tokens: {Outcome}. {Reason}")]
    public static partial void LegFailed(ILogger logger, string provider, LegOutcome outcome, string? reason);

    [LoggerMessage(1502, LogLevel.Error, "Provider {Provider} refuses Keyholder's own client credentials; check client id, secret and authentication method.")]
    public static partial void ClientRefused(ILogger logger, string provider);

    [LoggerMessage(1503, LogLevel.Warning, "Refreshing {Credential} did not succeed, it will be tried again: {Reason}")]
    public static partial void RefreshFailed(ILogger logger, Vault.CredentialKey credential, string? reason);

    [LoggerMessage(1504, LogLevel.Error, "A refreshed token set of {Credential} could not be stored (rotated: {Rotated}).")]
    public static partial void RefreshNotStored(ILogger logger, Exception exception, Vault.CredentialKey credential, bool rotated);

    [LoggerMessage(1509, LogLevel.Warning, "Keyholder is another client of provider {Provider} now (generation {Generation}); {Marked} credentials need a new connection.")]
    public static partial void ClientChanged(ILogger logger, string provider, long generation, int marked);

    [LoggerMessage(1507, LogLevel.Warning, "An earlier refresh of {Credential} never ended; its refresh token is tried once more.")]
    public static partial void RefreshInterrupted(ILogger logger, Vault.CredentialKey credential);

    [LoggerMessage(1508, LogLevel.Warning, "What a refresh of {Credential} brought was overtaken: {Outcome} (rotated: {Rotated}).")]
    public static partial void RefreshOvertaken(ILogger logger, Vault.CredentialKey credential, Storage.RefreshStoreOutcome outcome, bool rotated);

    [LoggerMessage(1506, LogLevel.Warning, "Refreshing {Credential} ahead of its expiry failed; the next request that uses it tries again.")]
    public static partial void BackgroundRefreshFailed(ILogger logger, Exception exception, Vault.CredentialKey credential);

    [LoggerMessage(1512, LogLevel.Warning, "Provider {Provider} did not exchange a token: {Reason}")]
    public static partial void ExchangeFailed(ILogger logger, string provider, string reason);

    [LoggerMessage(1510, LogLevel.Information, "Provider {Provider} was found: authorization server {Issuer}.")]
    public static partial void ProviderDiscovered(ILogger logger, string provider, string issuer);

    [LoggerMessage(1511, LogLevel.Information, "Registered with the authorization server of provider {Provider}, generation {Generation}.")]
    public static partial void ClientRegistered(ILogger logger, string provider, int generation);

    [LoggerMessage(1513, LogLevel.Error, "The registration with the authorization server of provider {Provider} (generation {Generation}) does not open: {Outcome}. It is kept, and the provider cannot be used until the vault key or the row is restored.")]
    public static partial void ClientNotOpened(ILogger logger, string provider, long generation, Vault.EnvelopeOutcome outcome);

    [LoggerMessage(1514, LogLevel.Warning, "The upstream of resource {Resource} takes {Credential} again, but that could not be stored; a later request tries once more.")]
    public static partial void RefusalNotLifted(ILogger logger, Exception exception, Vault.CredentialKey credential, string resource);

    [LoggerMessage(1505, LogLevel.Debug, "Refreshed {Credential}.")]
    public static partial void Refreshed(ILogger logger, Vault.CredentialKey credential);
}
