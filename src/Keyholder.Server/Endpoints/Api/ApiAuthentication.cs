using Keyholder.Resources;
using Keyholder.Server.Gateway;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>
/// Lets nobody into the API without a bearer token: an access token whose audience is the API itself, or an admin token. What a user may do is read from the
/// user's row every time, so an administrator who is one no more stops being one at once. Cookies mean nothing here.
/// </summary>
internal sealed class ApiAuthentication(IAccessTokenValidator accessTokens, AdminTokenValidator adminTokens, IUserStore users, IResourceSource resources) : IEndpointFilter
{
    /// <inheritdoc />
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        OAuthErrorResult.NoStore(http.Response);
        var (caller, error) = await AuthenticateAsync(http);
        if (caller is null)
        {
            return new ApiErrorResult(error!);
        }

        http.Features.Set(caller);
        return await next(context);
    }

    private ValueTask<(ApiCaller? Caller, ApiError? Error)> AuthenticateAsync(HttpContext http)
    {
        var refusal = BearerCredential.Read(http.Request, out var token) switch
        {
            BearerOutcome.Present => null,
            BearerOutcome.None => ApiErrors.TokenMissing,
            BearerOutcome.Conflicting => ApiErrors.CredentialsConflict,
            _ => ApiErrors.TokenInvalid,
        };
        if (refusal is not null)
        {
            return new((null, refusal));
        }

        return AdminTokenValidator.IsClaimed(token) ? ValidateAdminTokenAsync(token.ToString(), http.RequestAborted) : ValidateAsync(token, http.RequestAborted);
    }

    private async ValueTask<(ApiCaller? Caller, ApiError? Error)> ValidateAdminTokenAsync(string token, CancellationToken cancellationToken) =>
        await adminTokens.ValidateAsync(token, cancellationToken) switch
        {
            (AdminTokenOutcome.Valid, { } found) => (new ApiCaller("admin_token:" + found.Name, Subject: null, IsAdministrator: true, Scopes: []), null),
            (AdminTokenOutcome.RevocationUnknown, _) => (null, ApiErrors.RevocationUnknown),
            _ => (null, ApiErrors.TokenInvalid),
        };

    private ValueTask<(ApiCaller? Caller, ApiError? Error)> ValidateAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken) =>
        accessTokens.Validate(token, resources.Current.Api!.Uri, out var claims) switch
        {
            AccessTokenOutcome.Valid => FindUserAsync(claims!, cancellationToken),
            AccessTokenOutcome.RevocationUnknown => new((null, ApiErrors.RevocationUnknown)),
            _ => new((null, ApiErrors.TokenInvalid)),
        };

    private async ValueTask<(ApiCaller? Caller, ApiError? Error)> FindUserAsync(AccessToken token, CancellationToken cancellationToken)
    {
        if (token.Subject.Kind != SubjectKind.User || await users.FindAsync(token.Subject.Id, cancellationToken) is not { DisabledAt: null } user)
        {
            return (null, ApiErrors.TokenInvalid);
        }

        var administrator = user.Administrator && token.Scopes.Contains(ApiResource.AdminScope);
        return (new ApiCaller(token.Subject.ToString(), token.Subject, administrator, token.Scopes), null);
    }
}
