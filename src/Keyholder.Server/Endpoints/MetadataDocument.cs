using System.Security.Cryptography;
using Keyholder.OAuth;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints;

/// <summary>A public JSON document, serialized once: its bytes, how long it may be cached, and an entity tag of its content.</summary>
internal sealed class MetadataDocument(ReadOnlyMemory<byte> json, TimeSpan maxAge) : IResult
{
    private readonly EntityTagHeaderValue _entityTag = new($"\"{Base64UrlText.Encode(SHA256.HashData(json.Span).AsSpan(0, 16))}\"");
    private readonly string _cacheControl = $"public, max-age={(int)maxAge.TotalSeconds}";

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.ETag = _entityTag.ToString();
        response.Headers.CacheControl = _cacheControl;
        if (httpContext.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(_entityTag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return HttpMethods.IsHead(httpContext.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }
}
