namespace Keyholder.Server.Endpoints.Api;

/// <summary>A resource a virtual key may use.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Tools">What the key may use there; null = everything.</param>
/// <param name="ToAll">Whether it comes from a grant to every key.</param>
internal sealed record GrantDocument(string Resource, IReadOnlyList<string>? Tools, bool ToAll);
