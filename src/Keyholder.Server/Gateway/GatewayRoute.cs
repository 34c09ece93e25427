using Keyholder.Resources;
using Yarp.ReverseProxy.Forwarder;

namespace Keyholder.Server.Gateway;

/// <summary>What the gateway works out once for a resource.</summary>
internal sealed class GatewayRoute(Resource resource)
{
    public Resource Resource { get; } = resource;

    public BearerChallenge Challenge { get; } = new(resource);

    /// <summary>Scheme and authority of the upstream, for telemetry; the path may hold what is nobody's business.</summary>
    public string Destination { get; } = resource.Upstream.GetLeftPart(UriPartial.Authority);

    public ForwarderRequestConfig Forwarding { get; } = new() { ActivityTimeout = resource.ActivityTimeout };
}
