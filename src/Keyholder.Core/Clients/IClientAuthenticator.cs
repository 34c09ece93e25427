using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>Client authentication at the token, revocation and introspection endpoints (RFC 6749 section 2.3).</summary>
public interface IClientAuthenticator
{
    /// <summary>
    /// The client that sent the request, authenticated by its one registered method. <see cref="OAuthErrors.InvalidClient"/> for an unknown client,
    /// a wrong secret and a method it did not register alike; <see cref="OAuthErrors.InvalidRequest"/> when it tries two methods at once or names no client.
    /// </summary>
    /// <param name="authorizationHeader">The <c>Authorization</c> header as received; null when absent.</param>
    /// <param name="parameters">The form: <c>client_id</c>, <c>client_secret</c>.</param>
    /// <param name="cancellationToken">Gives the look-up up.</param>
    ValueTask<OAuthResult<Client>> AuthenticateAsync(string? authorizationHeader, OAuthParameters parameters, CancellationToken cancellationToken);
}
