using System.Collections.Concurrent;
using Keyholder.Clients;
using Keyholder.OAuth;

namespace Keyholder.Tests.Endpoints;

/// <summary>Public clients known by their id: <c>client</c> and <c>other</c> may do everything, <c>code-only</c> may not refresh, <c>refresh-only</c> may not redeem. <c>checker</c> is confidential and configured, <c>dynamic-checker</c> only registered.</summary>
internal sealed class TestClients : IClientAuthenticator, IClientDirectory
{
    private readonly ConcurrentQueue<string> _touched = new();

    /// <summary>Whose expiry was renewed.</summary>
    public IReadOnlyCollection<string> Touched => _touched;

    public ValueTask<OAuthResult<Client>> AuthenticateAsync(string? authorizationHeader, OAuthParameters parameters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<OAuthResult<Client>>(Find(parameters["client_id"]) is { } client ? client : OAuthErrors.InvalidClient);

    public ValueTask<Client?> FindAsync(string clientId, CancellationToken cancellationToken) => ValueTask.FromResult(Find(clientId));

    public void Touch(Client client) => _touched.Enqueue(client.Id);

    private static Client? Find(string? id) => id switch
    {
        "client" or "other" => Create(id, [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken]),
        "code-only" => Create(id, [GrantTypes.AuthorizationCode]),
        "refresh-only" => Create(id, [GrantTypes.RefreshToken]),
        "checker" => Create(id, []) with { TokenEndpointAuthMethod = "client_secret_post" },
        "dynamic-checker" => Create(id, []) with { TokenEndpointAuthMethod = "client_secret_post", Source = ClientSource.Dynamic },
        _ => null,
    };

    private static Client Create(string id, string[] grantTypes) => new()
    {
        Id = id,
        Source = ClientSource.Configured,
        RedirectUris = [TokenHost.RedirectUri],
        GrantTypes = grantTypes,
        ResponseTypes = ["code"],
        TokenEndpointAuthMethod = "none",
        ApplicationType = "native",
        CreatedAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };
}
