using System.Collections.Frozen;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Server.Endpoints;

/// <summary>
/// Every metadata document by its exact path, written once per <see cref="ResourceSnapshot"/>. Clients that take the resource for the issuer look below its path, so the
/// authorization server's document answers there too, for resources that exist. A path that only resembles one of these has no document.
/// </summary>
internal sealed class MetadataDocuments(Issuer issuer, IResourceSource resources, AuthorizationServerFeatures features)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private volatile Written? _written;

    /// <summary>The document at that path, compared case-sensitively, or null.</summary>
    public MetadataDocument? Find(string path)
    {
        var snapshot = resources.Current;
        var written = _written;
        if (written is null || !ReferenceEquals(written.Snapshot, snapshot))
        {
            _written = written = new Written(snapshot, Write(snapshot));
        }

        return written.ByPath.GetValueOrDefault(path);
    }

    private FrozenDictionary<string, MetadataDocument> Write(ResourceSnapshot snapshot)
    {
        var server = new MetadataDocument(AuthorizationServerMetadata.Write(issuer, snapshot.Resources, features), MaxAge);
        var byPath = new Dictionary<string, MetadataDocument>(StringComparer.Ordinal)
        {
            [EndpointPaths.AuthorizationServerMetadata] = server,
            [EndpointPaths.OpenIdConfiguration] = server,
        };

        foreach (var resource in snapshot.Resources)
        {
            var path = EndpointPaths.Resources + resource.Name;
            byPath[EndpointPaths.AuthorizationServerMetadata + path] = server;
            byPath[EndpointPaths.OpenIdConfiguration + path] = server;
            byPath[path + EndpointPaths.OpenIdConfiguration] = server;
            byPath[EndpointPaths.ProtectedResourceMetadata + path] = new MetadataDocument(ProtectedResourceMetadata.Write(issuer, resource), MaxAge);
        }

        if (snapshot.Api is { } api)
        {
            byPath[EndpointPaths.ProtectedResourceMetadata + EndpointPaths.Api] = new MetadataDocument(ProtectedResourceMetadata.Write(issuer, api), MaxAge);
        }

        if (snapshot.Resources is [var only])
        {
            byPath[EndpointPaths.ProtectedResourceMetadata] = byPath[EndpointPaths.ProtectedResourceMetadata + EndpointPaths.Resources + only.Name];
        }

        return byPath.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record Written(ResourceSnapshot Snapshot, FrozenDictionary<string, MetadataDocument> ByPath);
}
