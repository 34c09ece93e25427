using System.Net;
using Keyholder.Mcp;
using Keyholder.Revocation;
using Keyholder.Upstream;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Keyholder.Server.Gateway;

/// <summary>One attempt to forward one request: what goes out, and what of the answer comes back.</summary>
internal sealed class UpstreamExchange(
    ForwardRequest request, UpstreamAuthorization authorization, IUpstreamAuthorizer authorizer, McpSessionIds sessionIds, IRevocationWatcher revocations, TimeProvider time)
    : HttpTransformer, IDisposable
{
    private const string UserAgent = "keyholder";

    private AnswerLifetime? _answer;

    /// <summary>What was decided on the upstream's answer; <see cref="ForwardOutcome.Forwarded"/> until then.</summary>
    public ForwardOutcome Outcome { get; private set; }

    /// <summary>Whether the answer was cut because its token was revoked.</summary>
    public bool WasCut => _answer is { WasCut: true };

    /// <inheritdoc />
    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = request.Route.Resource.Upstream;
        proxyRequest.Content = request.Body is null ? null : new RequestBodyContent(request.Body);

        var headers = proxyRequest.Headers;
        headers.TryAddWithoutValidation("Accept", request.Body is null ? MediaTypes.EventStream : MediaTypes.JsonAndEventStream);
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var (name, value) in httpContext.Request.Headers)
        {
            if (McpRequestHeaderReader.IsForwarded(name))
            {
                headers.TryAddWithoutValidation(name, (string?)value);
            }
        }

        if (request.UpstreamSessionId is not null)
        {
            headers.TryAddWithoutValidation(McpRequestHeaderReader.SessionId, request.UpstreamSessionId);
        }

        var credential = authorization.Headers;
        for (var i = 0; i < credential.Count; i++)
        {
            headers.Remove(credential[i].Key);
            headers.TryAddWithoutValidation(credential[i].Key, credential[i].Value);
        }

        return default;
    }

    /// <inheritdoc />
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
        var sessionId = SessionId(proxyResponse);
        Outcome = Judge(proxyResponse, sessionId);
        if (proxyResponse.StatusCode == HttpStatusCode.Forbidden && MissingScopes(proxyResponse) is { } missing)
        {
            httpContext.Features.Set(new ScopeRefusal(missing));
            Outcome = ForwardOutcome.ScopesInsufficient;
        }

        if (Outcome != ForwardOutcome.Forwarded)
        {
            httpContext.Response.StatusCode = StatusCodes.Status200OK;
            return false;
        }

        if (authorization.IsRetry && proxyResponse.IsSuccessStatusCode)
        {
            await authorizer.AcceptedAsync(authorization);
        }

        ReadOnlyMemory<byte>? filtered = null;
        if (request.Filter is not null && !MediaTypes.IsEventStream(ContentType(proxyResponse)))
        {
            filtered = await ListAnswer.ReadAsync(proxyResponse, request.Filter, cancellationToken);
            if (filtered is null && request.Body is not null && proxyResponse.IsSuccessStatusCode)
            {
                Outcome = ForwardOutcome.InvalidResponse;
                httpContext.Response.StatusCode = StatusCodes.Status200OK;
                return false;
            }

            // Nobody was promised a list here, so the status alone says enough.
            filtered ??= ReadOnlyMemory<byte>.Empty;
        }

        var headers = httpContext.Response.Headers;
        ResponseHeaderPolicy.Copy(proxyResponse, headers);
        headers.CacheControl = "no-store";
        if (sessionId is not null)
        {
            headers[McpRequestHeaderReader.SessionId] = sessionIds.Wrap(request.AccessToken, request.Route.Resource.Uri, sessionId, request is { IsModern: false, HasUrlElicitation: true });
        }

        if (proxyResponse.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.ResetContent)
        {
            // RFC 9110 sections 15.3.5 and 15.3.6: there is no content, whatever the upstream says about it.
            headers.ContentLength = null;
            headers.ContentType = default;
            return false;
        }

        if (filtered is { } body)
        {
            headers.ContentLength = body.Length;
            if (body.IsEmpty)
            {
                headers.ContentType = default;
                headers.ContentEncoding = default;
                return false;
            }

            await httpContext.Response.Body.WriteAsync(body, cancellationToken);
            return false;
        }

        if (!MediaTypes.IsEventStream(headers.ContentType))
        {
            _answer = new AnswerLifetime(httpContext, request.AccessToken, revocations);
            return true;
        }

        headers.CacheControl = "no-store, no-transform";
        headers["X-Accel-Buffering"] = "no";
        using var lifetime = new StreamLifetime(request.Route.Resource, request.AccessToken, revocations, time, httpContext.RequestAborted);
        Outcome = await EventStream.CopyAsync(httpContext, proxyResponse, lifetime, request.Filter is null ? null : new EventFilter(request.Filter));
        return false;
    }

    /// <inheritdoc />
    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) => default;

    /// <inheritdoc />
    public void Dispose() => _answer?.Dispose();

    private static string? ContentType(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    private static string? SessionId(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues(McpRequestHeaderReader.SessionId, out var values) ? values.ToString() : null;

    private IReadOnlyList<string>? MissingScopes(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenges) ? ScopeStepUp.Missing(request.Route.Resource, challenges) : null;

    private static ForwardOutcome Judge(HttpResponseMessage response, string? sessionId) => (int)response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => ForwardOutcome.CredentialRejected,
        < 200 or StatusCodes.Status407ProxyAuthenticationRequired => ForwardOutcome.InvalidResponse,
        >= 300 and < 400 => ForwardOutcome.Redirected,
        _ when sessionId is not null && !McpSessionIds.IsUsable(sessionId) => ForwardOutcome.InvalidResponse,
        _ => ForwardOutcome.Forwarded,
    };
}
