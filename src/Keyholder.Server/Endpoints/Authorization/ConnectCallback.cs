using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The end of a redirect that was to obtain a credential.</summary>
internal sealed class ConnectCallback(
    IUpstreamLegs legs, UpstreamRedirect upstream, IResourceSource resources, ICredentialVault vault, IAuthorizationRequestStore store, SignedInBrowser signedIn, AuthorizationEnding ending)
{
    public async Task<IResult> FinishAsync(HttpContext http, AuthorizationRequest request, Provider provider, ConnectionFlow flow, LegCallback response)
    {
        var found = await signedIn.FindAsync(http);
        if (request.Phase != AuthorizationPhase.Upstream
            || request.Subject is not { } subject
            || resources.Current.FindByUri(request.Resource) is not { } resource
            || !AuthorizationDispatcher.IsSubject(request, resource, found?.Session)
            || flow.Owner != CredentialOwner.For(provider, subject, request.SessionId))
        {
            return new ErrorPageResult(PageErrors.SubjectChanged, AuthorizationPaths.ContinueUrl(request.Id));
        }

        var leg = await legs.CompleteAsync(provider, upstream.Callback, flow, response, http.RequestAborted);
        if (leg.Outcome != LegOutcome.Succeeded || leg.Tokens is null)
        {
            return await ending.FailAsync(http, request, UpstreamRedirect.Error(leg.Outcome).Because($"Connecting to {provider.Name} ended {leg.Outcome}: {leg.Debug ?? "no tokens"}"));
        }

        var key = new CredentialKey(flow.Owner, provider.Name);
        var binding = flow.Owner.Kind == CredentialOwnerKind.Session ? new CredentialBinding(subject, request.ClientId) : null;
        await vault.StoreAsync(key, leg.Tokens, leg.Subject, binding, http.RequestAborted);
        return await KeepAsync(http, request, key);
    }

    /// <summary>A request that was denied in another tab while the provider answered must not leave a credential behind.</summary>
    private async Task<IResult> KeepAsync(HttpContext http, AuthorizationRequest request, CredentialKey key)
    {
        var now = await store.FindAsync(request.Id, http.RequestAborted);
        if (now is null or { Phase: AuthorizationPhase.Failed })
        {
            await vault.DeleteAsync(key, http.RequestAborted);
        }

        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }
}
