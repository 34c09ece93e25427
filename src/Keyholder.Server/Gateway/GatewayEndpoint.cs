using System.Globalization;
using Keyholder.Mcp;
using Keyholder.Resources;
using Keyholder.Tokens;
using Keyholder.Upstream;

namespace Keyholder.Server.Gateway;

/// <summary>
/// <c>/mcp/{resource}</c>: resource → access token or virtual key → message → what may be used → session → upstream credential → forward. Every step either gives the next one
/// what it needs or answers.
/// </summary>
internal sealed class GatewayEndpoint(
    GatewayRoutes routes,
    GatewayAdmission admission,
    McpSessionIds sessionIds,
    UpstreamCredentials credentials,
    UpstreamForwarder forwarder,
    RequestStates requestStates,
    ConnectAnswers connectAnswers,
    ScopeStepUp stepUp,
    ILogger<GatewayEndpoint> logger)
{
    /// <summary>As it is, renewed, and without what a request can do without.</summary>
    private const int MaxAttempts = 3;
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (routes.Find(context) is not { } route)
        {
            return GatewayErrorResponse.WriteAsync(context, GatewayErrors.ResourceUnknown);
        }

        if (!HttpMethods.IsPost(request.Method) && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsDelete(request.Method))
        {
            context.Response.Headers.Allow = "POST, GET, DELETE";
            return GatewayErrorResponse.WriteAsync(context, GatewayErrors.MethodNotAllowed);
        }

        var checking = admission.CheckAsync(context, route);
        return checking.IsCompletedSuccessfully ? HandleAsync(context, route, checking.Result) : AwaitAsync(context, route, checking);
    }

    private async Task AwaitAsync(HttpContext context, GatewayRoute route, ValueTask<Admission> checking) => await HandleAsync(context, route, await checking);

    private Task HandleAsync(HttpContext context, GatewayRoute route, Admission admitted)
    {
        var request = context.Request;
        if (admitted is not { Refusal: null, AccessToken: { } accessToken, Tools: { } tools })
        {
            return RefuseAsync(context, route, admitted.Refusal ?? GatewayErrors.TokenInvalid, admitted.AccessToken);
        }

        if (request.QueryString.HasValue)
        {
            return RefuseAsync(context, route, GatewayErrors.QueryNotAllowed);
        }

        if (!McpRequestHeaderReader.TryRead(request.Headers, out var headers))
        {
            return RefuseAsync(context, route, GatewayErrors.HeaderInvalid);
        }

        return HttpMethods.IsPost(request.Method)
            ? PostAsync(context, route, accessToken, tools, headers)
            : WithoutBodyAsync(context, route, accessToken, tools, headers);
    }

    private Task WithoutBodyAsync(HttpContext context, GatewayRoute route, AccessToken accessToken, ToolPolicy tools, McpRequestHeaders headers)
    {
        var refusal = WithoutBodyPolicy.Check(context, headers);
        if (refusal is not null)
        {
            return RefuseAsync(context, route, refusal, requestedVersion: headers.ProtocolVersion);
        }

        return TryGetSession(context, route, accessToken, headers, out var upstreamSessionId, out _)
            ? ForwardAsync(context, new ForwardRequest(route, accessToken, null, upstreamSessionId, tools.IsRestricted ? tools : null))
            : RefuseAsync(context, route, GatewayErrors.SessionUnknown);
    }

    private async Task PostAsync(HttpContext context, GatewayRoute route, AccessToken accessToken, ToolPolicy tools, McpRequestHeaders headers)
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
            var refusal = Understand(route, accessToken, headers, body, out var parsed);
            var message = parsed.Message;
            if (refusal is not null)
            {
                // A version without batches has no answers to one either.
                var answerable = parsed.Batch is null || McpProtocolVersions.HasBatches(headers.ProtocolVersion);
                await RefuseAsync(context, route, refusal, null, answerable ? AwaitedIds.Of(parsed, body.Bytes) : default, headers.ProtocolVersion ?? message.ProtocolVersion);
            }
            else if (!McpAuthorization.Allows(tools, parsed))
            {
                await RefuseAsync(context, route, GatewayErrors.ToolNotGranted, null, AwaitedIds.Of(parsed, body.Bytes));
            }
            else if (route.FindMissingScopes(parsed, accessToken.Scopes) is { } needed)
            {
                await RefuseAsync(context, route, GatewayErrors.ScopeInsufficient, accessToken, needed: needed);
            }
            else if (!TryGetSession(context, route, accessToken, headers, out var upstreamSessionId, out var urlElicitation))
            {
                await RefuseAsync(context, route, GatewayErrors.SessionUnknown);
            }
            else if (!requestStates.TryResume(accessToken, route.Resource.Uri, body.Bytes, out var resumed))
            {
                await RefuseAsync(context, route, GatewayErrors.RequestStateInvalid, null, AwaitedIds.Of(parsed, body.Bytes));
            }
            else
            {
                var filter = tools.IsRestricted && McpAuthorization.Lists(parsed) ? tools : null;
                using var outgoing = resumed is { } bytes ? RequestBody.Of(bytes.Span) : null;
                await ForwardAsync(context, new ForwardRequest(route, accessToken, outgoing ?? body, upstreamSessionId, filter)
                {
                    Method = message.Method,
                    Awaited = AwaitedIds.Of(parsed, body.Bytes),
                    IsModern = McpProtocolVersions.IsModern(headers.ProtocolVersion),
                    SessionHasUrlElicitation = urlElicitation,
                });
            }
        }
    }

    private GatewayError? Understand(GatewayRoute route, AccessToken accessToken, in McpRequestHeaders headers, RequestBody body, out McpBody parsed)
    {
        var read = McpMessageReader.Read(body.Bytes.Span, out parsed);
        var refusal = GatewayErrors.For(read) ?? GatewayErrors.For(McpHeaderPolicy.Check(headers, parsed));
        if (refusal is not null && read is McpReadOutcome.DuplicateMember or McpReadOutcome.AmbiguousMember)
        {
            GatewayLog.Smuggling(logger, route.Resource.Name, accessToken.Subject.ToString(), refusal!.Id);
        }

        return refusal;
    }

    /// <summary>False when the client names an MCP session that is not its own. Stateless versions have none: a session id is then ignored.</summary>
    private bool TryGetSession(HttpContext context, GatewayRoute route, AccessToken accessToken, in McpRequestHeaders headers, out string? upstreamSessionId, out bool urlElicitation)
    {
        (upstreamSessionId, urlElicitation) = (null, false);
        var presented = context.Request.Headers[McpRequestHeaderReader.SessionId];
        if (presented.Count == 0 || McpProtocolVersions.IsModern(headers.ProtocolVersion))
        {
            return true;
        }

        if (sessionIds.TryUnwrap(accessToken, route.Resource.Uri, presented.ToString(), out upstreamSessionId, out urlElicitation))
        {
            return true;
        }

        GatewayLog.ForeignSession(logger, route.Resource.Name, accessToken.Subject.ToString());
        return false;
    }

    private async Task ForwardAsync(HttpContext context, ForwardRequest request)
    {
        var (route, accessToken) = (request.Route, request.AccessToken);
        var authorization = await credentials.AuthorizeAsync(context, request);
        var outcome = ForwardOutcome.CredentialRejected;
        for (var attempt = 0; attempt < MaxAttempts && authorization.Outcome == UpstreamAuthorizationOutcome.Available; attempt++)
        {
            outcome = await forwarder.SendAsync(context, request, authorization);
            if (outcome != ForwardOutcome.CredentialRejected)
            {
                break;
            }

            if (route.Resource.Auth is ResourceAuthKind.None or ResourceAuthKind.StaticHeaders)
            {
                GatewayLog.ConfiguredCredentialRejected(logger, route.Resource.Name);
                await RefuseAsync(context, route, GatewayErrors.UpstreamRefusedCredential);
                return;
            }

            GatewayLog.CredentialRejected(logger, route.Resource.Name, accessToken.Subject.ToString());
            var rejected = authorization;
            authorization = await credentials.ReauthorizeAsync(context, request, rejected);
            if (ReferenceEquals(authorization, rejected) || (route.Resource.Auth != ResourceAuthKind.TokenExchange && authorization.Used.SequenceEqual(rejected.Used)))
            {
                break; // the very same again would be refused again; an exchanged token is of no credential
            }
        }

        if (outcome == ForwardOutcome.CredentialRejected && authorization is { Outcome: UpstreamAuthorizationOutcome.Available, LeftOut.Count: > 0 })
        {
            // This upstream takes nobody without it, whatever the configuration says.
            authorization = UpstreamAuthorization.Lacks(authorization.LeftOut);
        }

        if (outcome == ForwardOutcome.ScopesInsufficient && context.Features.Get<ScopeRefusal>() is { } refusal
            && await stepUp.BeginAsync(route.Resource, authorization, refusal.Scopes, context.RequestAborted) is { } widened)
        {
            (outcome, authorization) = (ForwardOutcome.CredentialRejected, widened);
        }

        if (outcome == ForwardOutcome.CredentialRejected)
        {
            await RefuseCredentialAsync(context, request, authorization);
        }
        else
        {
            await FinishAsync(context, request, outcome);
        }
    }

    private async Task RefuseCredentialAsync(HttpContext context, ForwardRequest request, UpstreamAuthorization authorization)
    {
        if (authorization.Outcome == UpstreamAuthorizationOutcome.Refused)
        {
            await RefuseAsync(context, request.Route, GatewayErrors.ExchangeRefused);
        }
        else if (authorization.Outcome != UpstreamAuthorizationOutcome.ReconnectRequired)
        {
            RetryAfter(context, authorization.RetryAfter ?? DefaultRetryAfter);
            await RefuseAsync(context, request.Route, GatewayErrors.CredentialUnavailable);
        }
        else if (await connectAnswers.TryAnswerAsync(context, request, authorization.Lacking))
        {
            GatewayLog.Refused(logger, request.Route.Resource.Name, GatewayErrors.ConnectionRequired.Id);
        }
        else
        {
            await RefuseAsync(context, request.Route, GatewayErrors.ReconnectRequired);
        }
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
        AwaitedIds awaited = default,
        string? requestedVersion = null,
        IReadOnlyList<string>? needed = null)
    {
        GatewayLog.Refused(logger, route.Resource.Name, error.Id);
        if (route.Challenge.For(error, accessToken?.Scopes, needed) is { } challenge)
        {
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        if (error == GatewayErrors.RevocationUnknown)
        {
            RetryAfter(context, DefaultRetryAfter);
        }

        return GatewayErrorResponse.WriteAsync(context, error, awaited, error == GatewayErrors.VersionUnsupported ? requestedVersion : null);
    }

    private static void RetryAfter(HttpContext context, TimeSpan delay) =>
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
