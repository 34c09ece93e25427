using Keyholder.Mcp;
using Microsoft.AspNetCore.Http.Features;

namespace Keyholder.Server.Gateway;

/// <summary>What a GET (event stream) or DELETE (end of a session) has to look like.</summary>
internal static class WithoutBodyPolicy
{
    /// <summary>Null, or why not.</summary>
    public static GatewayError? Check(HttpContext context, in McpRequestHeaders headers)
    {
        if (headers.ProtocolVersion is { } version && !McpProtocolVersions.IsSupported(version))
        {
            return GatewayErrors.VersionUnsupported;
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            return GatewayErrors.BodyNotAllowed;
        }

        // There is no message the mirrored headers could agree with.
        if (headers.Method is not null)
        {
            return GatewayErrors.MethodMismatch;
        }

        if (headers.Name is not null)
        {
            return GatewayErrors.NameMismatch;
        }

        return HttpMethods.IsGet(context.Request.Method) && !MediaTypes.Accepts(context.Request.Headers.Accept, json: false)
            ? GatewayErrors.NotAcceptable
            : null;
    }
}
