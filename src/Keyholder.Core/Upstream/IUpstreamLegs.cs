using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Keyholder as an OAuth client of a provider: the authorization-code redirect, there and back.</summary>
public interface IUpstreamLegs
{
    /// <summary>Prepares a redirect; fails when the provider's metadata cannot be had or lacks S256.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="callback">The redirect URI the provider has at Keyholder, the same in <see cref="CompleteAsync"/>.</param>
    /// <param name="signIn">Whether the leg has to prove an identity (adds <c>openid</c>).</param>
    /// <param name="demandedScopes">What upstreams demanded beyond what discovery finds; asked for only where the operator left the scopes open.</param>
    /// <param name="cancellationToken">Cancels the metadata fetch.</param>
    /// <returns>The started leg, or the outcome that says why not.</returns>
    Task<(StartedLeg? Leg, LegOutcome Outcome)> StartAsync(Provider provider, string callback, bool signIn, IReadOnlyList<string> demandedScopes, CancellationToken cancellationToken);

    /// <summary>Exchanges the code of a claimed flow and validates what comes back (RFC 9207 issuer, ID token with nonce). An answer that came to another redirect URI than the one the person was sent away with costs no request at all.</summary>
    Task<CompletedLeg> CompleteAsync(Provider provider, string callback, ConnectionFlow flow, LegCallback response, CancellationToken cancellationToken);
}
