namespace Keyholder.Server.Endpoints.Api;

/// <summary>What a virtual key may use.</summary>
/// <param name="Grants">In resource order.</param>
internal sealed record GrantList(IReadOnlyList<GrantDocument> Grants);
