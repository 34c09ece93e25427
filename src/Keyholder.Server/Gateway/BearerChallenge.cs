using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Server.Gateway;

/// <summary>The <c>WWW-Authenticate</c> challenges of one resource (RFC 6750 section 3, RFC 9728 section 5.1). Never names <c>offline_access</c>.</summary>
internal sealed class BearerChallenge
{
    private readonly Resource _resource;
    private readonly string _missing;
    private readonly string _invalidToken;
    private readonly string _invalidRequest;

    public BearerChallenge(Resource resource)
    {
        _resource = resource;
        _missing = Format(null, resource.DefaultScopes);
        _invalidToken = Format(OAuthErrors.InvalidToken.Code, resource.DefaultScopes);
        _invalidRequest = Format(OAuthErrors.InvalidRequest.Code, resource.DefaultScopes);
    }

    /// <summary>The challenge that goes with an error; null for errors without one. With no credential, or one of an unsupported kind, it carries no error code.</summary>
    /// <param name="error">The error.</param>
    /// <param name="held">The scopes of the token, for <c>insufficient_scope</c>.</param>
    /// <param name="needed">The scopes the operation needs beside those of every request, for <c>insufficient_scope</c>.</param>
    public string? For(GatewayError error, IReadOnlyList<string>? held = null, IReadOnlyList<string>? needed = null)
    {
        if (error == GatewayErrors.ScopeInsufficient)
        {
            return Format(OAuthErrors.InsufficientScope.Code, Union([.. held ?? [], .. needed ?? []]));
        }

        return error == GatewayErrors.TokenMissing ? _missing
            : error == GatewayErrors.CredentialsConflict ? _invalidRequest
            : error.Status == StatusCodes.Status401Unauthorized ? _invalidToken
            : null;
    }

    // What is needed and what is already held: clients that ask for exactly the challenge lose nothing. Scopes the resource no longer has would be refused at /authorize.
    private List<string> Union(IReadOnlyList<string> held)
    {
        var scopes = new List<string>(_resource.RequiredScopes);
        foreach (var scope in _resource.Scopes)
        {
            if (held.Contains(scope.Name) && !scopes.Contains(scope.Name))
            {
                scopes.Add(scope.Name);
            }
        }

        return scopes;
    }

    private string Format(string? error, IReadOnlyList<string> scopes)
    {
        var scope = Scopes.Format(scopes.Where(s => s != Scopes.OfflineAccess));
        return "Bearer "
            + (error is null ? "" : $"error=\"{error}\", ")
            + $"resource_metadata=\"{_resource.MetadataUri}\""
            + (scope.Length == 0 ? "" : $", scope=\"{scope}\"");
    }
}
