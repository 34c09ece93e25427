using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Keyholder.Tokens;
using Microsoft.AspNetCore.Mvc;

namespace Keyholder.Server.Endpoints;

/// <summary>Discovery: RFC 8414, OpenID Connect discovery and RFC 9728 documents, and the JWKS. Any page may read them.</summary>
internal static class MetadataEndpoints
{
    private static readonly OAuthError NotFound = new("not_found", "There is no metadata document at this address.", StatusCodes.Status404NotFound);

    private static readonly string[] Patterns =
    [
        EndpointPaths.AuthorizationServerMetadata + "/{**path}",
        EndpointPaths.OpenIdConfiguration + "/{**path}",
        EndpointPaths.ProtectedResourceMetadata + "/{**path}",
        EndpointPaths.Resources + "{resource}" + EndpointPaths.OpenIdConfiguration,
    ];

    /// <summary>Short, so that a key which is published ahead of its use is known everywhere before it signs.</summary>
    private static readonly TimeSpan KeySetMaxAge = TimeSpan.FromMinutes(1);

    /// <summary>Maps the documents of <see cref="MetadataDocuments"/> and the public signing keys.</summary>
    public static void MapMetadataEndpoints(this IEndpointRouteBuilder endpoints)
    {
        foreach (var pattern in Patterns)
        {
            endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], Find).WithOrigins(OriginRule.Any);
        }

        endpoints.MapMethods(EndpointPaths.JsonWebKeySet, [HttpMethods.Get, HttpMethods.Head], KeySet).WithOrigins(OriginRule.Any);
    }

    private static IResult Find(HttpRequest request, MetadataDocuments documents) =>
        documents.Find(request.Path.Value!) ?? (IResult)new OAuthErrorResult(NotFound);

    private static MetadataDocument KeySet([FromServices] SigningKeyRing keys) => new(keys.Current.Document, KeySetMaxAge);
}
