using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>The token endpoint (RFC 6749 section 3.2).</summary>
internal static class TokenEndpoint
{
    /// <summary>Answers one token request.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, TokenGrants grants)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 1)
        {
            return new OAuthErrorResult(OAuthErrors.InvalidRequest.Describe("The Authorization header is repeated."));
        }

        var parameters = await OAuthForm.ReadAsync(context.Request, context.RequestAborted);
        if (parameters.Failed)
        {
            return new OAuthErrorResult(parameters.Error);
        }

        var origin = new RequestOrigin(context.Connection.RemoteIpAddress?.ToString(), context.TraceIdentifier);
        var response = await grants.ExecuteAsync(authorization, parameters.Value, origin, context.RequestAborted);
        return response.Failed ? new OAuthErrorResult(response.Error) : new TokenResponseResult(response.Value);
    }
}
