using Keyholder.Clients;
using Keyholder.OAuth;

namespace Keyholder.Server.Endpoints;

/// <summary>Answers with what is registered about a client, its secrets included: never to be cached.</summary>
internal sealed class ClientInformationResult(RegisteredClient registered, int status) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var issuer = httpContext.RequestServices.GetRequiredService<Issuer>();
        var json = ClientInformation.Write(registered, issuer.At(EndpointPaths.ClientConfiguration + registered.Client.Id));
        OAuthErrorResult.NoStore(httpContext.Response);
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "application/json";
        return httpContext.Response.BodyWriter.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }
}
