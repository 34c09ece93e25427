using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>
/// Authenticates clients by the one method each registered. Why a client failed is for the log: the answer, and the work done to find it, is the same for an unknown
/// client, a wrong secret and another method.
/// </summary>
public sealed class ClientAuthenticator(IClientDirectory directory, ClientMetadataDocuments documents, ClientSnapshots snapshots, ClientAssertions assertions) : IClientAuthenticator
{
    /// <inheritdoc />
    public async ValueTask<OAuthResult<Client>> AuthenticateAsync(
        string? authorizationHeader, OAuthParameters parameters, CancellationToken cancellationToken)
    {
        var presented = ClientCredentials.Read(authorizationHeader, parameters);
        if (presented.Failed)
        {
            return presented.Error;
        }

        var credentials = presented.Value;
        var client = documents.Accepts(credentials.ClientId)
            ? await snapshots.FindAsync(credentials.ClientId, cancellationToken)
            : await directory.FindAsync(credentials.ClientId, cancellationToken);
        var secretMatches = credentials.Secret is not null && ClientSecret.Matches(credentials.Secret, client?.SecretHash);
        if (client is null)
        {
            return OAuthErrors.InvalidClient.Because("The client is unknown or has expired.");
        }

        if (!string.Equals(credentials.Method, client.TokenEndpointAuthMethod, StringComparison.Ordinal))
        {
            return OAuthErrors.InvalidClient.Because($"{client} used {credentials.Method} and registered {client.TokenEndpointAuthMethod}.");
        }

        if (credentials.Assertion is not null)
        {
            return await assertions.ValidateAsync(client, credentials.Assertion, cancellationToken);
        }

        return client.IsPublic || secretMatches ? client : OAuthErrors.InvalidClient.Because($"{client} presented a wrong secret.");
    }
}
