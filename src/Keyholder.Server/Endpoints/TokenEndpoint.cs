using Keyholder.Audit;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>The token endpoint (RFC 6749 section 3.2).</summary>
internal static class TokenEndpoint
{
    /// <summary>Answers one token request.</summary>
    public static async Task HandleAsync(HttpContext context, TokenGrants grants) => await (await AnswerAsync(context, grants)).ExecuteAsync(context);

    private static async Task<IResult> AnswerAsync(HttpContext context, TokenGrants grants)
    {
        var form = await ClientForm.ReadAsync(context);
        if (form.Failed)
        {
            return new OAuthErrorResult(form.Error);
        }

        var origin = new RequestOrigin(context.Connection.RemoteIpAddress?.ToString(), context.TraceIdentifier);
        var response = await grants.ExecuteAsync(context.Request.Headers.Authorization, form.Value, origin, context.RequestAborted);
        return response.Failed ? new OAuthErrorResult(response.Error) : new TokenResponseResult(response.Value);
    }
}
