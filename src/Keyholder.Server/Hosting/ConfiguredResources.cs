using Keyholder.Resources;

namespace Keyholder.Server.Hosting;

/// <summary>The snapshot the configuration named.</summary>
internal sealed class ConfiguredResources(ResourceSnapshot snapshot) : IResourceSource
{
    public ResourceSnapshot Current { get; } = snapshot;
}
