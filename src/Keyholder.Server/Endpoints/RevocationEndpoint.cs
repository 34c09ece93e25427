using Keyholder.Audit;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>The revocation endpoint (RFC 7009 section 2).</summary>
internal static class RevocationEndpoint
{
    /// <summary>Answers one revocation request.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, TokenRevocation revocation)
    {
        var form = await ClientForm.ReadAsync(context);
        if (form.Failed)
        {
            return new OAuthErrorResult(form.Error);
        }

        var origin = new RequestOrigin(context.Connection.RemoteIpAddress?.ToString(), context.TraceIdentifier);
        if (await revocation.ExecuteAsync(context.Request.Headers.Authorization, form.Value, origin, context.RequestAborted) is { } error)
        {
            return new OAuthErrorResult(error);
        }

        OAuthErrorResult.NoStore(context.Response);
        return Results.StatusCode(StatusCodes.Status200OK);
    }
}
