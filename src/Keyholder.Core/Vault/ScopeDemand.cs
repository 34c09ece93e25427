namespace Keyholder.Vault;

/// <summary>The record that the upstream of one resource wants more of a credential than it was granted (RFC 6750 section 3.1). The next connection asks for the scopes.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Scopes">Everything it asked for so far: scope tokens, bounded.</param>
/// <param name="DemandedAt">When it asked for something new last.</param>
/// <param name="ConnectedAt">When somebody connected who was asked for them; null = nobody has.</param>
public sealed record ScopeDemand(string Resource, IReadOnlyList<string> Scopes, DateTimeOffset DemandedAt, DateTimeOffset? ConnectedAt = null)
{
    /// <summary>How long connections ask for what nobody granted yet, and how long nobody is asked again for what somebody connected for.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromHours(1);
}
