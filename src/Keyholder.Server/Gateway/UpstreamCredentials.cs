using Keyholder.Resources;
using Keyholder.Upstream;

namespace Keyholder.Server.Gateway;

/// <summary>What goes out to the upstream of an admitted request: from the vault and the configuration, or in exchange for the very token of the request.</summary>
internal sealed class UpstreamCredentials(IUpstreamAuthorizer authorizer, TokenExchanger exchanger)
{
    /// <summary>The authorization for a request.</summary>
    public ValueTask<UpstreamAuthorization> AuthorizeAsync(HttpContext context, ForwardRequest request)
    {
        var resource = request.Route.Resource;
        return resource.Auth == ResourceAuthKind.TokenExchange
            ? exchanger.AuthorizeAsync(resource, request.AccessToken, Presented(context), context.RequestAborted)
            : authorizer.AuthorizeAsync(resource, request.AccessToken, context.RequestAborted);
    }

    /// <summary>Another one, after the upstream answered 401 to <paramref name="rejected"/>.</summary>
    public ValueTask<UpstreamAuthorization> ReauthorizeAsync(HttpContext context, ForwardRequest request, UpstreamAuthorization rejected)
    {
        var resource = request.Route.Resource;
        return resource.Auth == ResourceAuthKind.TokenExchange
            ? exchanger.ReauthorizeAsync(resource, request.AccessToken, Presented(context), rejected, context.RequestAborted)
            : authorizer.ReauthorizeAsync(resource, request.AccessToken, rejected, context.RequestAborted);
    }

    /// <summary>The token the request was admitted with, or an empty text when it was another credential, which is never exchanged.</summary>
    private static string Presented(HttpContext context) => BearerCredential.Read(context.Request, out var token) == BearerOutcome.Present ? token.ToString() : "";
}
