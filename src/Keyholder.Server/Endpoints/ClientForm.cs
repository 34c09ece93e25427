using Keyholder.OAuth;

namespace Keyholder.Server.Endpoints;

/// <summary>The form of an endpoint at which clients authenticate.</summary>
internal static class ClientForm
{
    /// <summary>The parameters, refused as <see cref="OAuthForm"/> refuses, and when the <c>Authorization</c> header is repeated.</summary>
    public static async ValueTask<OAuthResult<OAuthParameters>> ReadAsync(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 1
            ? OAuthErrors.InvalidRequest.Describe("The Authorization header is repeated.")
            : await OAuthForm.ReadAsync(context.Request, context.RequestAborted);
}
