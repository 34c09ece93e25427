using System.Collections.Frozen;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Tokens;

/// <summary>The phases every token request goes through: the grant exists → the client is authenticated → it may use the grant → the resource is one of ours → the grant decides → the client stays alive.</summary>
public sealed class TokenGrants(IEnumerable<IGrant> grants, IClientAuthenticator authenticator, IClientDirectory clients, IResourceSource resources)
{
    private readonly FrozenDictionary<string, IGrant> _grants = grants.ToFrozenDictionary(g => g.GrantType, StringComparer.Ordinal);

    /// <summary>Answers a token request. Infrastructure failures are thrown: they are <c>server_error</c>, never <c>invalid_grant</c>.</summary>
    public async ValueTask<OAuthResult<TokenResponse>> ExecuteAsync(string? authorizationHeader, OAuthParameters parameters, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (parameters["grant_type"] is not { } grantType)
        {
            return OAuthErrors.InvalidRequest.Describe("grant_type is missing.");
        }

        if (!_grants.TryGetValue(grantType, out var grant))
        {
            return OAuthErrors.UnsupportedGrantType;
        }

        var client = await authenticator.AuthenticateAsync(authorizationHeader, parameters, cancellationToken);
        if (client.Failed)
        {
            return client.Error;
        }

        if (!client.Value.GrantTypes.Contains(grantType))
        {
            return OAuthErrors.UnauthorizedClient;
        }

        string? resource = null;
        if (parameters["resource"] is { } indicator)
        {
            if (ResourceIndicator.Find(resources.Current, indicator) is not { } known)
            {
                return OAuthErrors.InvalidTarget;
            }

            resource = known.Uri;
        }

        var response = await grant.ExecuteAsync(new GrantRequest(client.Value, parameters, resource, origin), cancellationToken);
        if (!response.Failed)
        {
            clients.Touch(client.Value);
        }

        return response;
    }
}
