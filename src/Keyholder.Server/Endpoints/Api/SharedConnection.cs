namespace Keyholder.Server.Endpoints.Api;

/// <summary>Where a shared provider is connected.</summary>
/// <param name="Url">The link.</param>
/// <param name="ExpiresIn">How long it can be opened, in seconds.</param>
internal sealed record SharedConnection(string Url, int ExpiresIn);
