using System.Collections.Frozen;
using Keyholder.OAuth;
using Keyholder.Server.Configuration;
using Keyholder.Server.Endpoints;

namespace Keyholder.Server.Hosting;

/// <summary>Refuses requests other web pages make a browser send, by the <see cref="OriginRule"/> of the route.</summary>
internal sealed class OriginValidationMiddleware(RequestDelegate next, ServerAuthority authority, KeyholderConfiguration configuration)
{
    private static readonly OAuthError Foreign = new("invalid_origin", "The request comes from a page that may not send it.", StatusCodes.Status403Forbidden);

    private readonly FrozenSet<string> _configured = configuration.AllowedOrigins.ToFrozenSet(StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.Origin is { Count: > 0 } origin && !IsAllowed(context, origin.ToString())
            ? new OAuthErrorResult(Foreign).ExecuteAsync(context)
            : next(context);

    private bool IsAllowed(HttpContext context, string origin)
    {
        var rule = context.GetEndpoint()?.Metadata.GetMetadata<OriginRuleMetadata>()?.Rule ?? OriginRule.Own;
        return rule switch
        {
            OriginRule.Any or OriginRule.Navigation => true,
            OriginRule.Configured => authority.IsOrigin(origin) || _configured.Contains(origin),
            OriginRule.OwnOrOpaque when origin == "null" => true,
            _ => authority.IsOrigin(origin) || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method),
        };
    }
}
