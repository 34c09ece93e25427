namespace Keyholder.Server.Configuration;

/// <summary>Credentials and identities of an earlier key scheme, taken over before the server listens.</summary>
public sealed record ImportConfiguration
{
    /// <summary>The file to import at the start, if it was not imported before. Holds secrets: only its owner may be able to read it.</summary>
    public string? File { get; init; }

    /// <summary>What the file calls a provider (<c>oauth</c>, or <c>oauth@RESOURCE</c> for the sessions of one resource) → a key of providers.</summary>
    public IReadOnlyDictionary<string, string> Providers { get; init; } = new Dictionary<string, string>();
}
