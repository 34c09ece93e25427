using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Gateway;

/// <summary>Decides whether a request may use a resource, by its access token or virtual key alone. There is no other way in.</summary>
internal sealed class GatewayAdmission(IAccessTokenValidator validator, VirtualKeyAuthenticator keys)
{
    /// <summary>Judges a request. Completes at once unless a virtual key has to be read.</summary>
    public ValueTask<Admission> CheckAsync(HttpContext context, GatewayRoute route)
    {
        var presented = BearerCredential.Read(context.Request, out var token);
        switch (presented)
        {
            case BearerOutcome.Key:
            case BearerOutcome.Present when VirtualKeyAuthenticator.IsClaimed(token):
                var use = keys.AuthenticateAsync(token, route.Resource, context.RequestAborted);
                return use.IsCompletedSuccessfully ? new(Admit(use.Result, route, null)) : AdmitAsync(use, route, null);
            case BearerOutcome.Present:
                return CheckTokenAsync(context, token, route);
            default:
                return new(new Admission(presented switch
                {
                    BearerOutcome.Malformed => GatewayErrors.TokenInvalid,
                    BearerOutcome.Conflicting => GatewayErrors.CredentialsConflict,
                    _ => GatewayErrors.TokenMissing,
                }));
        }
    }

    private ValueTask<Admission> CheckTokenAsync(HttpContext context, ReadOnlySpan<char> token, GatewayRoute route)
    {
        var outcome = validator.Validate(token, route.Resource.Uri, out var accessToken);
        if (outcome != AccessTokenOutcome.Valid || accessToken is null)
        {
            return new(new Admission(outcome == AccessTokenOutcome.RevocationUnknown ? GatewayErrors.RevocationUnknown : GatewayErrors.TokenInvalid));
        }

        if (!HasScopes(accessToken, route))
        {
            return new(new Admission(GatewayErrors.ScopeInsufficient, accessToken));
        }

        if (accessToken.Subject.Kind != SubjectKind.VirtualKey)
        {
            return new(new Admission(null, accessToken, route.Resource.Tools.Policy));
        }

        var session = keys.AuthorizeAsync(accessToken, route.Resource, context.RequestAborted);
        return session.IsCompletedSuccessfully ? new(Admit(session.Result, route, accessToken)) : AdmitAsync(session, route, accessToken);
    }

    private static async ValueTask<Admission> AdmitAsync(ValueTask<VirtualKeyUse> use, GatewayRoute route, AccessToken? accessToken) => Admit(await use, route, accessToken);

    private static Admission Admit(VirtualKeyUse use, GatewayRoute route, AccessToken? accessToken) => use.Outcome switch
    {
        VirtualKeyUseOutcome.Allowed => new Admission(null, accessToken ?? use.AccessToken, route.ToolsOf(use.Grant!)),
        VirtualKeyUseOutcome.Inactive => new Admission(GatewayErrors.KeyInactive),
        VirtualKeyUseOutcome.Expired => new Admission(GatewayErrors.KeyExpired),
        VirtualKeyUseOutcome.NotGranted => new Admission(GatewayErrors.KeyNotGranted),
        VirtualKeyUseOutcome.RevocationUnknown => new Admission(GatewayErrors.RevocationUnknown),
        _ => new Admission(GatewayErrors.TokenInvalid),
    };

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
