using Keyholder.Tokens;

namespace Keyholder.Server.Gateway;

/// <summary>Decides whether a request may use a resource, by its access token alone. There is no other way in.</summary>
internal sealed class GatewayAdmission(IAccessTokenValidator validator)
{
    /// <summary>Null and the token's claims, or why not. <paramref name="accessToken"/> is also given when only a scope is missing.</summary>
    public GatewayError? Check(HttpContext context, GatewayRoute route, out AccessToken? accessToken)
    {
        accessToken = null;
        var presented = BearerCredential.Read(context.Request, out var token);
        if (presented != BearerOutcome.Present)
        {
            return presented switch
            {
                BearerOutcome.Malformed => GatewayErrors.TokenInvalid,
                BearerOutcome.Conflicting => GatewayErrors.CredentialsConflict,
                _ => GatewayErrors.TokenMissing,
            };
        }

        var outcome = validator.Validate(token, route.Resource.Uri, out accessToken);
        return outcome switch
        {
            AccessTokenOutcome.Valid when accessToken is not null => HasScopes(accessToken, route) ? null : GatewayErrors.ScopeInsufficient,
            AccessTokenOutcome.RevocationUnknown => GatewayErrors.RevocationUnknown,
            _ => GatewayErrors.TokenInvalid,
        };
    }

    private static bool HasScopes(AccessToken accessToken, GatewayRoute route)
    {
        var required = route.Resource.RequiredScopes;
        for (var i = 0; i < required.Count; i++)
        {
            if (!accessToken.Scopes.Contains(required[i]))
            {
                return false;
            }
        }

        return true;
    }
}
