namespace DemoUpstream.Provider;

/// <summary>Freshly issued tokens. The refresh token is absent when the client keeps the one it has, or gets none.</summary>
internal sealed record TokenSet(DemoAuthorization Authorization, string AccessToken, string? RefreshToken);
