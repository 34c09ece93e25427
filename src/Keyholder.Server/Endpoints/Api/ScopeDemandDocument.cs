using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A resource that wants more of a credential than it was granted, as the API shows it.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Scopes">What the next connection asks for too.</param>
/// <param name="Since">When its upstream asked for something new last.</param>
internal sealed record ScopeDemandDocument(string Resource, IReadOnlyList<string> Scopes, DateTimeOffset Since)
{
    /// <summary>The document of a demand.</summary>
    public static ScopeDemandDocument Of(ScopeDemand demand) => new(demand.Resource, demand.Scopes, demand.DemandedAt);
}
