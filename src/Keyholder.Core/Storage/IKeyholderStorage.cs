namespace Keyholder.Storage;

/// <summary>An open database: every storage port. Disposing it finishes what was begun and closes the database.</summary>
public interface IKeyholderStorage : IAsyncDisposable
{
    IAuditStore Audit { get; }

    IAuthorizationRequestStore AuthorizationRequests { get; }

    IBrowserSessionStore BrowserSessions { get; }

    IClientStore Clients { get; }

    IConnectionFlowStore ConnectionFlows { get; }

    IConsentStore Consents { get; }

    ICredentialStore Credentials { get; }

    IRevocationStore Revocations { get; }

    IRevocationSignal RevocationSignal { get; }

    IServerSecretStore ServerSecrets { get; }

    ISessionStore Sessions { get; }

    IUserStore Users { get; }
}
