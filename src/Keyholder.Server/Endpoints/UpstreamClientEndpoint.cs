using System.Text;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Hosting;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Server.Endpoints;

/// <summary>Keyholder's own client-id metadata documents: its client ids at upstream authorization servers that accept such, another one for each provider found by discovery.</summary>
internal static class UpstreamClientEndpoint
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the documents, which anybody may read.</summary>
    public static void MapUpstreamClient(this IEndpointRouteBuilder endpoints)
    {
        var own = endpoints.ServiceProvider.GetRequiredService<OwnClient>();
        var former = Document(own.FormerMetadataDocument);
        endpoints.MapMethods(EndpointPaths.FormerUpstreamClient, Methods, () => former).WithOrigins(OriginRule.Any);
        endpoints.MapMethods(EndpointPaths.UpstreamClient + "{provider}.json", Methods, (string provider, IResourceSource resources) => Find(resources.Current.FindProvider(provider), own))
            .WithOrigins(OriginRule.Any);
    }

    // A provider with a configured client id knows Keyholder by that one alone.
    private static IResult Find(Provider? provider, OwnClient own) =>
        provider is { Discovery: not null, ClientId: "" } ? Document(own.MetadataDocumentOf(provider)) : Results.NotFound();

    private static MetadataDocument Document(string json) => new(Encoding.UTF8.GetBytes(json), MaxAge);
}
