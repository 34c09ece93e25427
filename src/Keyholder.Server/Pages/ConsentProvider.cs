namespace Keyholder.Server.Pages;

/// <summary>A provider on the consent page.</summary>
/// <param name="Name">For people.</param>
/// <param name="Scopes">What Keyholder asks it for.</param>
/// <param name="ConnectedBy">How its key comes to Keyholder.</param>
/// <param name="Connected">Whether Keyholder has the key.</param>
public sealed record ConsentProvider(string Name, IReadOnlyList<string> Scopes, ConnectedBy ConnectedBy, bool Connected);
