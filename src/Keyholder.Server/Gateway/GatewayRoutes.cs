using System.Runtime.CompilerServices;
using Keyholder.Resources;

namespace Keyholder.Server.Gateway;

/// <summary>Finds the route of a request. A route lives as long as its resource's snapshot.</summary>
internal sealed class GatewayRoutes(IResourceSource resources)
{
    private readonly ConditionalWeakTable<Resource, GatewayRoute> _routes = [];

    /// <summary>The route the request's path names exactly, or null.</summary>
    public GatewayRoute? Find(HttpContext context) =>
        ResourcePath.Find(context, resources.Current) is { } resource ? _routes.GetValue(resource, static r => new GatewayRoute(r)) : null;
}
