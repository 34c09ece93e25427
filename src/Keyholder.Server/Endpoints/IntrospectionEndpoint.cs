using Keyholder.OAuth;
using Keyholder.Server.Gateway;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>The introspection endpoint (RFC 7662 section 2).</summary>
internal static class IntrospectionEndpoint
{
    /// <summary>Answers one introspection request.</summary>
    public static async Task HandleAsync(HttpContext context, TokenIntrospection introspection, Issuer issuer) =>
        await (await AnswerAsync(context, introspection, issuer)).ExecuteAsync(context);

    private static async Task<IResult> AnswerAsync(HttpContext context, TokenIntrospection introspection, Issuer issuer)
    {
        var form = await ClientForm.ReadAsync(context);
        if (form.Failed)
        {
            return new OAuthErrorResult(form.Error);
        }

        var bearer = BearerCredential.Read(context.Request, out var token);
        var response = bearer == BearerOutcome.None
            ? await introspection.ExecuteAsync(context.Request.Headers.Authorization, form.Value, context.RequestAborted)
            : await introspection.ExecuteAsAdministratorAsync(token.ToString(), form.Value, context.RequestAborted);
        return !response.Failed ? new IntrospectionResult(response.Value, issuer)
            : response.Error.Code == OAuthErrors.InvalidToken.Code ? new BearerRefusal(response.Error, presented: true)
            : new OAuthErrorResult(response.Error);
    }
}
