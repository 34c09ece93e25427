using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>
/// Removes what a leg of a request that failed had stored. What a link connected stays: there is a session that wants it. A person's or a key's credential belongs to all
/// their sessions, so it goes only if the leg made it and no session uses it; one that was there before is connected anew and stays, since what it was is gone already.
/// </summary>
internal sealed class LegWithdrawal(ICredentialVault vault, IResourceSource resources)
{
    public Task WithdrawAsync(AuthorizationRequest request, Provider provider)
    {
        var key = LegPolicy.KeyOf(request, provider);
        return (request.Purpose, key.Owner.Kind) switch
        {
            (not AuthorizationPurpose.OpenSession, _) or (_, CredentialOwnerKind.Shared) => Task.CompletedTask,
            (_, CredentialOwnerKind.Session) => vault.DeleteAsync(key, CancellationToken.None),
            _ => vault.DeleteUnusedAsync(key, [.. resources.Current.Resources.Where(Wants).Select(resource => resource.Uri)], CancellationToken.None),
        };

        bool Wants(Resource resource) => resource.Providers.Any(entry => entry.Provider.Name == provider.Name);
    }
}
