using System.Runtime.CompilerServices;
using Keyholder.Mcp;
using Keyholder.Resources;
using Keyholder.VirtualKeys;
using Yarp.ReverseProxy.Forwarder;

namespace Keyholder.Server.Gateway;

/// <summary>What the gateway works out once for a resource.</summary>
internal sealed class GatewayRoute(Resource resource)
{
    private readonly ConditionalWeakTable<Grant, ToolPolicy> _granted = [];

    public Resource Resource { get; } = resource;

    public BearerChallenge Challenge { get; } = new(resource);

    /// <summary>Scheme and authority of the upstream, for telemetry; the path may hold what is nobody's business.</summary>
    public string Destination { get; } = resource.Upstream.GetLeftPart(UriPartial.Authority);

    public ForwarderRequestConfig Forwarding { get; } = new() { ActivityTimeout = resource.ActivityTimeout };

    /// <summary>What a virtual key may use by its grant: worked out once, as long as the grant is remembered.</summary>
    public ToolPolicy ToolsOf(Grant grant) =>
        grant.Tools is null ? Resource.Tools.Policy : _granted.GetValue(grant, g => Resource.Tools.Policy.Narrow(new McpCapabilityList(g.Tools!)));

    /// <summary>The scopes the tools of a body need that the token does not hold, beside those of every request; null when it holds all.</summary>
    public IReadOnlyList<string>? FindMissingScopes(in McpBody body, IReadOnlyList<string> held)
    {
        if (Resource.Tools.Scopes.Count == 0)
        {
            return null;
        }

        var needed = (body.Batch ?? [body.Message]).Where(message => message is { Method: McpMethods.ToolsCall, Name: not null })
            .SelectMany(message => Resource.Tools.Scopes.GetValueOrDefault(message.Name!, []))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return needed.All(held.Contains) ? null : needed;
    }
}
