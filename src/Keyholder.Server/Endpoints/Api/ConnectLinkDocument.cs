namespace Keyholder.Server.Endpoints.Api;

/// <summary>Where something is connected.</summary>
/// <param name="Url">The page; whoever opens it has to sign in as one who may.</param>
/// <param name="ExpiresIn">How long the page can be opened, in seconds.</param>
internal sealed record ConnectLinkDocument(string Url, int ExpiresIn);
