namespace Keyholder.Server.Configuration;

/// <summary>How something in a configuration is different.</summary>
public enum ConfigurationChangeKind
{
    Added,
    Removed,
    Changed,
}
