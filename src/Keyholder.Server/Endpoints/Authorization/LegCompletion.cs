using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Keeps what a leg brought, and passes the turn on.</summary>
internal sealed class LegCompletion(ICredentialVault vault, LegWithdrawal withdrawal, IAuthorizationRequestStore store, TimeProvider time)
{
    /// <summary>Stores the credential of the leg whose turn it is. A request that ended, or a flow that was deleted meanwhile, keeps nothing.</summary>
    /// <param name="http">The request of the browser.</param>
    /// <param name="request">Whose leg it is.</param>
    /// <param name="provider">The leg's provider.</param>
    /// <param name="secret">What it brought.</param>
    /// <param name="account">The account at the provider, when known.</param>
    /// <param name="flow">The claimed flow that brought it; null for what was typed in.</param>
    public async Task<IResult> KeepAsync(
        HttpContext http, AuthorizationRequest request, Provider provider, CredentialSecret secret, string? account, ConnectionFlow? flow)
    {
        var key = LegPolicy.KeyOf(request, provider);
        var binding = key.Owner.Kind == CredentialOwnerKind.Session ? new CredentialBinding(request.CredentialSubject!, request.ClientId) : null;
        var actor = request.Subject?.ToString();
        if (flow is null)
        {
            await vault.StoreAsync(key, secret, account, binding, actor, http.Origin(), http.RequestAborted);
        }
        else if (!await vault.ConnectAsync(flow.StateHash, key, secret, account, binding, actor, http.Origin(), http.RequestAborted))
        {
            return new ErrorPageResult(PageErrors.ConnectionWithdrawn, AuthorizationPaths.ContinueUrl(request.Id));
        }

        var leg = request.NextLeg! with { State = LegState.Connected, Subject = account };
        var outcome = await store.AdvanceAsync(request.Id, leg, time.GetUtcNow(), CancellationToken.None);
        if (outcome != AuthorizationTransitionOutcome.Moved && await HasEndedAsync(request.Id))
        {
            await withdrawal.WithdrawAsync(request, provider);
        }

        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    private async Task<bool> HasEndedAsync(string id) =>
        await store.FindAsync(id, CancellationToken.None) is not { } now || now.Phase == AuthorizationPhase.Failed || time.GetUtcNow() >= now.ExpiresAt;
}
