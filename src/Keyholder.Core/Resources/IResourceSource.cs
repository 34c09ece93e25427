namespace Keyholder.Resources;

/// <summary>Where the current <see cref="ResourceSnapshot"/> comes from. Take it once per request and keep using that one.</summary>
public interface IResourceSource
{
    /// <summary>The snapshot in force.</summary>
    ResourceSnapshot Current { get; }
}
