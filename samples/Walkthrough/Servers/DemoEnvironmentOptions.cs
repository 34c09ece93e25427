namespace Walkthrough.Servers;

/// <summary>Where and how the demo runs.</summary>
public sealed record DemoEnvironmentOptions
{
    /// <summary>Where configuration, database and vault key go. Made if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Keyholder's port if it is free, the upstream's is the next one; 0 = any.</summary>
    public int PreferredPort { get; init; }

    /// <summary>More resources: name → upstream URL, reached without a credential.</summary>
    public IReadOnlyDictionary<string, Uri> OpenResources { get; init; } = new Dictionary<string, Uri>();

    /// <summary>More resources: name → upstream URL, reached with the user's own token of the demo provider.</summary>
    public IReadOnlyDictionary<string, Uri> UserResources { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Environment variables of the demo upstream: <c>Demo__AccessTokenLifetime</c> and so on.</summary>
    public IReadOnlyDictionary<string, string> UpstreamSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables of every Keyholder process: settings (<c>KEYHOLDER__section__key</c>) that win over the demo's configuration.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
