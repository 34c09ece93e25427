using DemoUpstream.Control;
using DemoUpstream.Provider;

namespace DemoUpstream.Api;

/// <summary>Stands before the MCP endpoints and the HTTP API: checks the credential, then misbehaves as the switches ask.</summary>
internal sealed class ApiGate(TimeProvider clock, PublicAddress address, SwitchBoard switches, DemoCounters counters, CredentialCheck credentials)
{
    /// <summary>Wraps <paramref name="next"/>, which finds an <see cref="InboundRequest"/> among the request's features.</summary>
    public RequestDelegate Guard(CredentialKind kind, DemoCounter counter, RequestDelegate next) => async context =>
    {
        counters.Add(counter);
        var now = switches.Current;
        Decorate(context.Response, now);

        if (!IsAllowed(context.Request, kind, out var account))
        {
            counters.Add(DemoCounter.CredentialsRefused);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            if (kind is CredentialKind.Bearer) context.Response.Headers.WWWAuthenticate = Challenge("invalid_token");
            return;
        }

        if (now.ApiDelayMs > 0) await Task.Delay(TimeSpan.FromMilliseconds(now.ApiDelayMs), clock, context.RequestAborted);

        var fault = switches.TakeApiFault();
        if (fault is not ApiFault.None)
        {
            counters.Add(DemoCounter.ApiFaults);
            await ShowAsync(fault, context, now);
            return;
        }

        context.Features.Set(InboundRequest.From(context.Request, account));
        await next(context);
    };

    private bool IsAllowed(HttpRequest request, CredentialKind kind, out string? account)
    {
        account = kind is CredentialKind.Bearer ? credentials.Bearer(request)?.Account : null;
        return kind switch
        {
            CredentialKind.None => true,
            CredentialKind.Bearer => account is not null,
            CredentialKind.ApiKey => credentials.HasApiKey(request),
            _ => false,
        };
    }

    private void Decorate(HttpResponse response, DemoUpstreamSwitches now)
    {
        if (now.ApiSetsCookies)
        {
            response.Headers.Append("Set-Cookie", "demo_upstream_session=upstream-cookie; Path=/; HttpOnly");
            response.Headers.Append("Set-Cookie", "__Host-keyholder=upstream-cookie; Path=/; Secure");
        }

        if (now.ApiSetsChallenge) response.Headers.WWWAuthenticate = Challenge("invalid_token");
    }

    private async Task ShowAsync(ApiFault fault, HttpContext context, DemoUpstreamSwitches now)
    {
        var response = context.Response;
        switch (fault)
        {
            case ApiFault.Unauthorized:
                response.StatusCode = StatusCodes.Status401Unauthorized;
                response.Headers.WWWAuthenticate = Challenge("invalid_token");
                break;
            case ApiFault.PaymentRequired:
                response.StatusCode = StatusCodes.Status402PaymentRequired;
                break;
            case ApiFault.Forbidden:
                response.StatusCode = StatusCodes.Status403Forbidden;
                response.Headers.WWWAuthenticate = Challenge("insufficient_scope") + ", scope=\"mcp demo:write\"";
                break;
            case ApiFault.RateLimited:
                response.StatusCode = StatusCodes.Status429TooManyRequests;
                response.Headers.RetryAfter = now.RetryAfterSeconds.ToString();
                break;
            case ApiFault.ServerError:
                response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                response.ContentType = "text/html";
                await response.WriteAsync("<!doctype html><title>Maintenance</title><h1>Back soon</h1>");
                break;
            case ApiFault.Redirect:
                response.StatusCode = StatusCodes.Status302Found;
                response.Headers.Location = address.Of("/elsewhere");
                break;
            case ApiFault.AbortMidBody:
                // A promised length that is not kept makes the server close: what was sent arrives, unlike with a reset.
                response.ContentType = "text/event-stream";
                response.ContentLength = 4096;
                await response.WriteAsync("event: message\ndata: {\"jsonrpc\":\"2.0\",\"resu");
                break;
            default:
                throw new InvalidOperationException($"{fault} is not a fault of the API.");
        }
    }

    private string Challenge(string error) =>
        $"Bearer realm=\"demo-upstream\", error=\"{error}\", resource_metadata=\"{address.Of(MetadataEndpoints.ResourceMetadataPath)}\"";
}
