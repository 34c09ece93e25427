namespace Keyholder.Server.Endpoints.Api;

/// <summary>The resources every virtual key may use.</summary>
/// <param name="GrantsToAll">In resource order.</param>
internal sealed record GrantToAllList(IReadOnlyList<GrantToAllDocument> GrantsToAll);
