namespace Walkthrough;

/// <summary>A client and its tokens.</summary>
/// <param name="ClientId">Who it is.</param>
/// <param name="AccessToken">What it calls with.</param>
/// <param name="RefreshToken">What it refreshes with.</param>
public sealed record PlainClientTokens(string ClientId, string AccessToken, string RefreshToken);
