namespace Keyholder.Server.Endpoints.Api;

/// <summary>The keys of the vault.</summary>
/// <param name="Keys">Oldest first.</param>
internal sealed record KeyList(IReadOnlyList<KeyDocument> Keys);
