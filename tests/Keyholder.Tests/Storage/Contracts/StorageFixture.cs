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

    /// <summary>Runs a statement that no port has a transition for yet, for example to disable a user.</summary>
    public abstract Task ExecuteAsync(string sql, params (string Name, object? Value)[] parameters);

    public abstract ValueTask DisposeAsync();
}
