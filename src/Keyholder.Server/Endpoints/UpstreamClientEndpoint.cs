using System.Text;
using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Server.Endpoints;

/// <summary>Keyholder's own client-id metadata document: its client id at upstream authorization servers that accept such.</summary>
internal static class UpstreamClientEndpoint
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>Maps the document, which anybody may read.</summary>
    public static void MapUpstreamClient(this IEndpointRouteBuilder endpoints)
    {
        var document = new MetadataDocument(Encoding.UTF8.GetBytes(endpoints.ServiceProvider.GetRequiredService<OwnClient>().MetadataDocument), MaxAge);
        endpoints.MapMethods(EndpointPaths.UpstreamClient, [HttpMethods.Get, HttpMethods.Head], () => document).WithOrigins(OriginRule.Any);
    }
}
