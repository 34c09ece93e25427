namespace Keyholder.Server.Endpoints.Api;

/// <summary>A resource every virtual key may use.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Configured">Whether the configuration says so.</param>
internal sealed record GrantToAllDocument(string Resource, bool Configured);
