using Keyholder.OAuth;
using Keyholder.Server.Endpoints;

namespace Keyholder.Server.Hosting;

/// <summary>Refuses requests that were sent to another name (DNS rebinding). Health checks are exempt: supervisors probe by address.</summary>
internal sealed class HostValidationMiddleware(RequestDelegate next, ServerAuthority authority)
{
    private static readonly OAuthError Misdirected = new("invalid_host", "The request names a host this server does not answer for.", StatusCodes.Status421MisdirectedRequest);

    public Task InvokeAsync(HttpContext context) =>
        authority.IsHost(context.Request.Host) || context.Request.Path.StartsWithSegments(HealthEndpoints.Prefix, StringComparison.Ordinal)
            ? next(context)
            : new OAuthErrorResult(Misdirected).ExecuteAsync(context);
}
