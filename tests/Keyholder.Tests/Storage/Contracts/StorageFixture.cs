using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>One empty database of one backend. A new backend is one subclass of this, and one file that names the contracts.</summary>
public abstract class StorageFixture : IAsyncDisposable
{
    public abstract IAuditStore Audit { get; }

    public abstract IAuthorizationRequestStore AuthorizationRequests { get; }

    public abstract IBrowserSessionStore BrowserSessions { get; }

    public abstract IClientStore Clients { get; }

    public abstract IConnectionFlowStore ConnectionFlows { get; }

    public abstract IConsentStore Consents { get; }

    public abstract ICredentialStore Credentials { get; }

    public abstract IRevocationStore Revocations { get; }

    public abstract IServerSecretStore ServerSecrets { get; }

    public abstract ISessionStore Sessions { get; }

    public abstract IUserStore Users { get; }

    public abstract Task OpenAsync();

    // What no port does yet, but time and operators will.

    public abstract Task DisableUserAsync(string id, DateTimeOffset at);

    public abstract Task DeleteUserAsync(string id);

    public abstract Task DeleteRevocationsAsync();

    public abstract ValueTask DisposeAsync();
}
