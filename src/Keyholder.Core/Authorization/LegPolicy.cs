using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Authorization;

/// <summary>Which providers an authorization request has to connect, and what holds between them.</summary>
public sealed class LegPolicy(ICredentialVault vault)
{
    /// <summary>The legs of a request: the providers of its resource, in configured order, that its subject has not connected. Shared ones are an administrator's matter.</summary>
    /// <param name="request">Approved.</param>
    /// <param name="resource">Its resource.</param>
    /// <param name="onlyRequired">Whether providers that can be connected later are left out.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public async ValueTask<IReadOnlyList<AuthorizationLeg>> PlanAsync(AuthorizationRequest request, Resource resource, bool onlyRequired, CancellationToken cancellationToken)
    {
        var legs = new List<AuthorizationLeg>();
        foreach (var (provider, required, _) in resource.Providers)
        {
            if (provider.Owner != ProviderOwner.Shared
                && (required || !onlyRequired)
                && await vault.NeedsConnectionAsync(KeyOf(request, provider), resource.Name, cancellationToken))
            {
                legs.Add(new(provider.Name, required));
            }
        }

        return legs;
    }

    /// <summary>Where the credential of a leg lies.</summary>
    public static CredentialKey KeyOf(AuthorizationRequest request, Provider provider) =>
        new(CredentialOwner.For(provider, request.CredentialSubject!, request.CredentialSession), provider.Name);

    /// <summary>
    /// Whether a request may connect a provider as it is configured now: what is shared is connected as such and by nobody else, and what belongs to a session only for one. Who holds a provider's
    /// credentials may have changed since the request began.
    /// </summary>
    public static bool MayConnect(AuthorizationRequest request, Provider provider) => request switch
    {
        { Purpose: AuthorizationPurpose.ConnectShared } => provider.Owner == ProviderOwner.Shared,
        { Purpose: AuthorizationPurpose.ConnectSubject, ConnectedSession: null, ConnectedKey: null } => provider.Owner == ProviderOwner.Subject,
        _ => provider.Owner != ProviderOwner.Shared,
    };

    /// <summary>
    /// Whether an account a leg has proved may be this one: legs to providers of one issuer are for one account, the first one's. A leg that proves none contradicts nobody.
    /// </summary>
    public static bool IsSameAccount(AuthorizationRequest request, Provider provider, string? subject, ResourceSnapshot snapshot)
    {
        var earlier = request.Legs?.FirstOrDefault(leg =>
            leg is { State: LegState.Connected, Subject: not null } && provider.Issuer is not null && snapshot.FindProvider(leg.Provider)?.Issuer == provider.Issuer);
        return subject is null || earlier is null || earlier.Subject == subject;
    }
}
