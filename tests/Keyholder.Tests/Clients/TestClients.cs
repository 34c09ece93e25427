using Keyholder.Clients;

namespace Keyholder.Tests.Clients;

/// <summary>Clients as a store would hold them.</summary>
internal static class TestClients
{
    public static readonly DateTimeOffset Created = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Client Public(string redirectUri = "http://localhost:3118/callback", string id = "public-client") => new()
    {
        Id = id,
        Source = ClientSource.Dynamic,
        RedirectUris = [redirectUri],
        GrantTypes = ["authorization_code", "refresh_token"],
        ResponseTypes = ["code"],
        TokenEndpointAuthMethod = ClientAuthMethods.None,
        ApplicationType = "native",
        CreatedAt = Created,
        ExpiresAt = Created + TimeSpan.FromDays(30),
    };

    public static Client Confidential(string secret, string method = ClientAuthMethods.SecretPost, string id = "confidential-client", string redirectUri = "https://app.example.com/cb") =>
        Public(redirectUri, id) with { TokenEndpointAuthMethod = method, SecretHash = ClientSecret.Hash(secret) };
}
