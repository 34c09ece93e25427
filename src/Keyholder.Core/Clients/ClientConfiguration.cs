using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Clients;

/// <summary>What a dynamic client does with itself (RFC 7592), by its registration access token. An unknown client and a wrong token are one and the same.</summary>
public sealed partial class ClientConfiguration(
    IClientStore clients, ClientDirectory directory, ClientRegistrationOptions options, RevocationFeed revocations, TimeProvider time, ILogger<ClientConfiguration> logger)
{
    private static readonly string[] ReadOnlyMembers = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

    private static readonly OAuthError WrongToken = OAuthErrors.InvalidToken.Describe("The registration access token is invalid.");

    /// <summary>The client, or <see cref="OAuthErrors.InvalidToken"/>.</summary>
    public async Task<OAuthResult<Client>> FindAsync(string clientId, string registrationToken, CancellationToken cancellationToken)
    {
        var client = await clients.FindAsync(clientId, cancellationToken);
        return ClientSecret.Matches(registrationToken, client?.RegistrationTokenHash) && client is not null && !(client.ExpiresAt <= time.GetUtcNow()) ? client : WrongToken;
    }

    /// <summary>
    /// Replaces the metadata of a client that <see cref="FindAsync"/> has found (section 2.2): what the body leaves out goes. A secret is made when the client begins to
    /// need one, stays while it does, and is forgotten when it does not.
    /// </summary>
    public async Task<OAuthResult<RegisteredClient>> UpdateAsync(Client client, string registrationToken, ReadOnlyMemory<byte> body, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var read = ClientMetadataReader.Read(body, options.AllowPrivateUseSchemes, ClientAuthMethods.Registrable, fields => Check(fields, client));
        if (read.Failed)
        {
            return read.Error;
        }

        var needsSecret = read.Value.TokenEndpointAuthMethod is ClientAuthMethods.SecretBasic or ClientAuthMethods.SecretPost;
        var secret = needsSecret && client.SecretHash is null ? ClientSecret.Create() : null;
        var updated = read.Value.ToClient(client.Id, client.Source, client.CreatedAt) with
        {
            SecretHash = secret is not null ? ClientSecret.Hash(secret) : needsSecret ? client.SecretHash : null,
            RegistrationTokenHash = client.RegistrationTokenHash,
            ExpiresAt = client.ExpiresAt,
        };
        var found = await clients.UpdateAsync(updated, Audit(client, AuditActions.ClientUpdated, origin), cancellationToken);
        directory.Forget(client.Id);
        return found ? new RegisteredClient(updated, secret, registrationToken) : WrongToken;
    }

    /// <summary>Deletes a client that <see cref="FindAsync"/> has found and ends its sessions (section 2.3). When this returns, no token of it is accepted on this node.</summary>
    public async Task DeleteAsync(Client client, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        var entry = new RevocationEntry(new(RevocationTargetKind.Client, client.Id), now, SessionRevocation.EntriesExpireAt(now), RevocationReasons.ClientRequest);
        var deleted = await clients.DeleteAsync(
            client.Id, RevocationReasons.ClientRequest, entry, Audit(client, AuditActions.ClientDeleted, origin), now, CancellationToken.None);
        directory.Forget(client.Id);
        if (deleted)
        {
            revocations.Accept(entry);
            LogDeleted(client.Id);
        }
    }

    private static void Check(MetadataFields fields, Client client)
    {
        if (!string.Equals(fields.Text("client_id"), client.Id, StringComparison.Ordinal))
        {
            fields.Refuse("client_id", "is not the id of this client");
        }

        if (fields.Text("client_secret") is { } secret && !ClientSecret.Matches(secret, client.SecretHash))
        {
            fields.Refuse("client_secret", "is not the secret of this client");
        }

        foreach (var member in ReadOnlyMembers.Where(fields.Has))
        {
            fields.Refuse(member, "cannot be set");
        }
    }

    private AuditEvent Audit(Client client, string action, RequestOrigin origin) => new()
    {
        At = time.GetUtcNow(),
        Action = action,
        Actor = $"client:{client.Id}",
        Target = $"client:{client.Id}",
        RemoteAddress = origin.RemoteAddress,
        RequestId = origin.RequestId,
    };

    [LoggerMessage(1005, LogLevel.Information, "Client {ClientId} deleted itself; its sessions are revoked")]
    private partial void LogDeleted(string clientId);
}
