using Keyholder.Mcp;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace Keyholder.Server.Gateway;

/// <summary>Sends an admitted request to its upstream and streams the answer back.</summary>
internal sealed class UpstreamForwarder(
    IHttpForwarder forwarder, UpstreamConnections connections, IUpstreamAuthorizer authorizer, McpSessionIds sessionIds, IRevocationWatcher revocations, TimeProvider time)
{
    /// <summary>One attempt. Unless the outcome is <see cref="ForwardOutcome.Forwarded"/> or the answer has begun, nothing of it is left in the response.</summary>
    public async ValueTask<ForwardOutcome> SendAsync(HttpContext context, ForwardRequest request, UpstreamAuthorization authorization)
    {
        // YARP would open a tunnel for it.
        context.Request.Headers.Remove("Upgrade");
        using var trace = RequestTrace.Continue(context.Request);
        using var exchange = new UpstreamExchange(request, authorization, authorizer, sessionIds, revocations, time);
        var error = await forwarder.SendAsync(context, request.Route.Destination, connections.Invoker, request.Route.Forwarding, exchange);
        if (exchange.WasCut)
        {
            return ForwardOutcome.Cut;
        }

        if (error == ForwarderError.None)
        {
            return exchange.Outcome;
        }

        if (!context.Response.HasStarted)
        {
            // The forwarder has cleared what it had begun, and with it what every answer carries.
            RequestIdMiddleware.Stamp(context);
            SecurityHeadersMiddleware.Apply(context.Response);
        }

        return Classify(context, error);
    }

    /// <summary>Why the last attempt failed, in a word for the log. An exception's own text may quote what the upstream sent.</summary>
    public static string ReasonOf(HttpContext context) => context.Features.Get<IForwarderErrorFeature>()?.Exception switch
    {
        null => "its answer",
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } e => e.HttpRequestError.ToString(),
        { } e => e.GetType().Name,
    };

    private static ForwardOutcome Classify(HttpContext context, ForwarderError error)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return ForwardOutcome.ClientGone;
        }

        if (context.Response.HasStarted)
        {
            return ForwardOutcome.Broken;
        }

        return error switch
        {
            ForwarderError.RequestTimedOut or ForwarderError.ResponseBodyCanceled => ForwardOutcome.TimedOut,
            ForwarderError.Request when IsConnectFailure(context) => ForwardOutcome.Unreachable,
            _ => ForwardOutcome.InvalidResponse,
        };
    }

    private static bool IsConnectFailure(HttpContext context) =>
        context.Features.Get<IForwarderErrorFeature>()?.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };
}
