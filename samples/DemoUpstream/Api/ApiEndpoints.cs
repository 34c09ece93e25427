using DemoUpstream.Control;
using Microsoft.AspNetCore.Http.Features;

namespace DemoUpstream.Api;

/// <summary>A plain HTTP API behind the same tokens as the MCP endpoint, and the place redirects lead to.</summary>
internal sealed class ApiEndpoints(ApiGate gate, DemoCounters counters)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/whoami", gate.Guard(CredentialKind.Bearer, DemoCounter.ApiRequests, WhoAmIAsync));
        routes.Map("/api/echo/{**rest}", gate.Guard(CredentialKind.Bearer, DemoCounter.ApiRequests, EchoAsync));
        routes.Map("/elsewhere", Elsewhere);
    }

    private static Task WhoAmIAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new { account = context.Features.GetRequiredFeature<InboundRequest>().Account });

    private static async Task EchoAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = HeaderReport.From(context.Features.GetRequiredFeature<InboundRequest>());
        await context.Response.WriteAsJsonAsync(new { method = request.Method, path = request.Path.Value, query = request.QueryString.Value, headers, body });
    }

    private IResult Elsewhere(HttpRequest request)
    {
        counters.Add(DemoCounter.RedirectsFollowed);
        if (request.Headers.Keys.Any(HeaderReport.IsCredential)) counters.Add(DemoCounter.CredentialsLeakedByRedirect);
        return Results.Json(new { place = "elsewhere" });
    }
}
