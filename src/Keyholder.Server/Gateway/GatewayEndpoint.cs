using System.Globalization;
using Keyholder.Mcp;
using Keyholder.Resources;
using Keyholder.Tokens;
using Keyholder.Upstream;

namespace Keyholder.Server.Gateway;

/// <summary>
/// <c>/mcp/{resource}</c>: resource → access token → message → session → upstream credential → forward. Every step either gives the next one
/// what it needs or answers.
/// </summary>
internal sealed class GatewayEndpoint(
    GatewayRoutes routes,
    GatewayAdmission admission,
    McpSessionIds sessionIds,
    IUpstreamAuthorizer authorizer,
    UpstreamForwarder forwarder,
    ILogger<GatewayEndpoint> logger)
{
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (routes.Find(context) is not { } route)
        {
            return GatewayErrorResponse.WriteAsync(context, GatewayErrors.ResourceUnknown);
        }

        var post = HttpMethods.IsPost(request.Method);
        if (!post && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsDelete(request.Method))
        {
            context.Response.Headers.Allow = "POST, GET, DELETE";
            return GatewayErrorResponse.WriteAsync(context, GatewayErrors.MethodNotAllowed);
        }

        var refusal = admission.Check(context, route, out var accessToken);
        if (refusal is not null || accessToken is null)
        {
            return RefuseAsync(context, route, refusal ?? GatewayErrors.TokenInvalid, accessToken);
        }

        if (request.QueryString.HasValue)
        {
            return RefuseAsync(context, route, GatewayErrors.QueryNotAllowed);
        }

        if (!McpRequestHeaderReader.TryRead(request.Headers, out var headers))
        {
            return RefuseAsync(context, route, GatewayErrors.HeaderInvalid);
        }

        return post ? PostAsync(context, route, accessToken, headers) : WithoutBodyAsync(context, route, accessToken, headers);
    }

    private Task WithoutBodyAsync(HttpContext context, GatewayRoute route, AccessToken accessToken, McpRequestHeaders headers)
    {
        var refusal = WithoutBodyPolicy.Check(context, headers);
        if (refusal is not null)
        {
            return RefuseAsync(context, route, refusal, requestedVersion: headers.ProtocolVersion);
        }

        return TryGetSession(context, route, accessToken, headers, out var upstreamSessionId)
            ? ForwardAsync(context, new ForwardRequest(route, accessToken, null, upstreamSessionId))
            : RefuseAsync(context, route, GatewayErrors.SessionUnknown);
    }

    private async Task PostAsync(HttpContext context, GatewayRoute route, AccessToken accessToken, McpRequestHeaders headers)
    {
        var negotiation = !MediaTypes.IsPlainJson(context.Request) ? GatewayErrors.ContentTypeUnsupported
            : !MediaTypes.Accepts(context.Request.Headers.Accept, json: true) ? GatewayErrors.NotAcceptable
            : null;
        if (negotiation is not null)
        {
            await RefuseAsync(context, route, negotiation);
            return;
        }

        var (received, body) = await RequestBodyReader.ReadAsync(context, route.Resource.MaxRequestBodyBytes);
        if (body is null)
        {
            await RefuseAsync(context, route, GatewayErrors.For(received)!);
            return;
        }

        using (body)
        {
            var refusal = Understand(route, accessToken, headers, body, out var message);
            if (refusal is not null)
            {
                await RefuseAsync(context, route, refusal, null, body.Bytes[message.Id].Span, headers.ProtocolVersion ?? message.ProtocolVersion);
            }
            else if (!TryGetSession(context, route, accessToken, headers, out var upstreamSessionId))
            {
                await RefuseAsync(context, route, GatewayErrors.SessionUnknown);
            }
            else
            {
                await ForwardAsync(context, new ForwardRequest(route, accessToken, body, upstreamSessionId));
            }
        }
    }

    private GatewayError? Understand(GatewayRoute route, AccessToken accessToken, in McpRequestHeaders headers, RequestBody body, out McpMessage message)
    {
        var read = McpMessageReader.Read(body.Bytes.Span, out var parsed);
        message = parsed.Message;
        var refusal = GatewayErrors.For(read) ?? GatewayErrors.For(McpHeaderPolicy.Check(headers, parsed));
        if (refusal is not null && read is McpReadOutcome.DuplicateMember or McpReadOutcome.AmbiguousMember)
        {
            GatewayLog.Smuggling(logger, route.Resource.Name, accessToken.Subject.ToString(), refusal!.Id);
        }

        return refusal;
    }

    /// <summary>False when the client names an MCP session that is not its own. Stateless versions have none: a session id is then ignored.</summary>
    private bool TryGetSession(HttpContext context, GatewayRoute route, AccessToken accessToken, in McpRequestHeaders headers, out string? upstreamSessionId)
    {
        upstreamSessionId = null;
        var presented = context.Request.Headers[McpRequestHeaderReader.SessionId];
        if (presented.Count == 0 || McpProtocolVersions.IsModern(headers.ProtocolVersion))
        {
            return true;
        }

        if (sessionIds.TryUnwrap(accessToken, route.Resource.Uri, presented.ToString(), out upstreamSessionId))
        {
            return true;
        }

        GatewayLog.ForeignSession(logger, route.Resource.Name, accessToken.Subject.ToString());
        return false;
    }

    private async Task ForwardAsync(HttpContext context, ForwardRequest request)
    {
        var (route, accessToken, _, _) = request;
        var authorization = await authorizer.AuthorizeAsync(route.Resource, accessToken, context.RequestAborted);
        var outcome = ForwardOutcome.CredentialRejected;
        for (var attempt = 0; attempt < 2 && authorization.Outcome == UpstreamAuthorizationOutcome.Available; attempt++)
        {
            outcome = await forwarder.SendAsync(context, request, authorization);
            if (outcome != ForwardOutcome.CredentialRejected)
            {
                break;
            }

            if (route.Resource.Auth != ResourceAuthKind.Credentials)
            {
                GatewayLog.ConfiguredCredentialRejected(logger, route.Resource.Name);
                await RefuseAsync(context, route, GatewayErrors.UpstreamRefusedCredential);
                return;
            }

            GatewayLog.CredentialRejected(logger, route.Resource.Name, accessToken.Subject.ToString());
            authorization = await authorizer.ReauthorizeAsync(route.Resource, accessToken, authorization, context.RequestAborted);
        }

        if (outcome == ForwardOutcome.CredentialRejected)
        {
            await RefuseCredentialAsync(context, route, authorization);
        }
        else
        {
            await FinishAsync(context, request, outcome);
        }
    }

    private Task RefuseCredentialAsync(HttpContext context, GatewayRoute route, UpstreamAuthorization authorization)
    {
        if (authorization.Outcome == UpstreamAuthorizationOutcome.ReconnectRequired)
        {
            return RefuseAsync(context, route, GatewayErrors.ReconnectRequired);
        }

        RetryAfter(context, authorization.RetryAfter ?? DefaultRetryAfter);
        return RefuseAsync(context, route, GatewayErrors.CredentialUnavailable);
    }

    private Task FinishAsync(HttpContext context, ForwardRequest request, ForwardOutcome outcome)
    {
        var resource = request.Route.Resource;
        switch (outcome)
        {
            case ForwardOutcome.Forwarded:
                return Task.CompletedTask;
            case ForwardOutcome.ClientGone:
                context.Abort();
                return Task.CompletedTask;
            case ForwardOutcome.Cut:
                GatewayLog.StreamCut(logger, resource.Name, request.AccessToken.Subject.ToString());
                return Task.CompletedTask;
            default:
                GatewayLog.ForwardFailed(logger, resource.Name, outcome, UpstreamForwarder.ReasonOf(context));
                return GatewayErrors.For(outcome) is { } error ? RefuseAsync(context, request.Route, error) : Task.CompletedTask;
        }
    }

    private Task RefuseAsync(
        HttpContext context,
        GatewayRoute route,
        GatewayError error,
        AccessToken? accessToken = null,
        ReadOnlySpan<byte> requestId = default,
        string? requestedVersion = null)
    {
        GatewayLog.Refused(logger, route.Resource.Name, error.Id);
        if (route.Challenge.For(error, accessToken?.Scopes) is { } challenge)
        {
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        if (error == GatewayErrors.RevocationUnknown)
        {
            RetryAfter(context, DefaultRetryAfter);
        }

        return GatewayErrorResponse.WriteAsync(context, error, requestId, error == GatewayErrors.VersionUnsupported ? requestedVersion : null);
    }

    private static void RetryAfter(HttpContext context, TimeSpan delay) =>
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
