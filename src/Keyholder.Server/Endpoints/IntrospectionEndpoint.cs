using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>The introspection endpoint (RFC 7662 section 2).</summary>
internal static class IntrospectionEndpoint
{
    /// <summary>Answers one introspection request.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, TokenIntrospection introspection)
    {
        var form = await ClientForm.ReadAsync(context);
        if (form.Failed)
        {
            return new OAuthErrorResult(form.Error);
        }

        var response = await introspection.ExecuteAsync(context.Request.Headers.Authorization, form.Value, context.RequestAborted);
        return response.Failed ? new OAuthErrorResult(response.Error) : new IntrospectionResult(response.Value);
    }
}
