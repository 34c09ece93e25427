using Keyholder.Resources;

namespace Keyholder.Server.Hosting;

/// <summary>The snapshot the configuration names, exchanged as a whole when the configuration changes.</summary>
internal sealed class ConfiguredResources(ResourceSnapshot snapshot) : IResourceSource
{
    private volatile ResourceSnapshot _current = snapshot;

    public ResourceSnapshot Current => _current;

    /// <summary>Puts another snapshot in force: requests that begin from now on see it, those under way keep theirs.</summary>
    public void Replace(ResourceSnapshot next) => _current = next;
}
