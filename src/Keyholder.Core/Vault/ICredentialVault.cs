using Keyholder.Audit;

namespace Keyholder.Vault;

/// <summary>Credentials in and out of storage, sealed on the way.</summary>
public interface ICredentialVault
{
    /// <summary>Stores a secret under its key: the first write makes the row, a later one replaces its secret in place and makes it active again.</summary>
    /// <param name="key">Owner and provider.</param>
    /// <param name="secret">The token set or header set. The refresh token of another account is never carried over.</param>
    /// <param name="providerSubject">The account at the provider, when known.</param>
    /// <param name="binding">Who a credential of one session is for; null = whoever the key says.</param>
    /// <param name="actor">Who brought it, for the audit trail; null = its owner.</param>
    /// <param name="origin">The request that brought it, for the audit trail; null = none did.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task StoreAsync(
        CredentialKey key, CredentialSecret secret, string? providerSubject, CredentialBinding? binding, string? actor, RequestOrigin? origin, CancellationToken cancellationToken);

    /// <summary>As <see cref="StoreAsync"/>, for what a claimed connection flow brought. False, with nothing stored, when the flow was deleted meanwhile: what somebody deleted must not come back with a late callback.</summary>
    /// <param name="stateHash">The flow (<see cref="Upstream.ConnectionFlow.StateHash"/>); it is over afterwards.</param>
    /// <param name="key">Owner and provider, as the flow has them.</param>
    /// <param name="secret">The token set or header set.</param>
    /// <param name="providerSubject">The account at the provider, when known.</param>
    /// <param name="binding">Who a credential of one session is for; null = whoever the key says.</param>
    /// <param name="actor">Who brought it, for the audit trail; null = its owner.</param>
    /// <param name="origin">The request that brought it, for the audit trail; null = none did.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<bool> ConnectAsync(
        byte[] stateHash,
        CredentialKey key,
        CredentialSecret secret,
        string? providerSubject,
        CredentialBinding? binding,
        string? actor,
        RequestOrigin? origin,
        CancellationToken cancellationToken);

    /// <summary>Whether an authorization has to send the person to the provider: no row, one that is not active, or one the resource refuses or wants more of. An expired access token with a refresh token is no reason.</summary>
    /// <param name="key">Owner and provider.</param>
    /// <param name="resource">The name of the resource the authorization is for.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<bool> NeedsConnectionAsync(CredentialKey key, string resource, CancellationToken cancellationToken);

    /// <summary>The scopes upstreams demanded of a credential beyond what it was granted; what a new connection asks for too.</summary>
    Task<IReadOnlyList<string>> DemandedScopesAsync(CredentialKey key, CancellationToken cancellationToken);

    /// <summary>Deletes the credential of a user or a virtual key if nobody has changed it since it was made and no live session of its owner is for one of the resources.</summary>
    /// <param name="key">Owner and provider.</param>
    /// <param name="resources">The URIs of the resources whose sessions use it.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, CancellationToken cancellationToken);

    /// <summary>Deletes the credential, if any.</summary>
    Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken);
}
