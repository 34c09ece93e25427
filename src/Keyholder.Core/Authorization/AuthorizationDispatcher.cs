using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Authorization;

/// <summary>
/// Decides the next step of a pending authorization request from what is stored, and from nothing a step hands over: whatever order a browser loads pages in, and however many
/// tabs it has open, the answer is the same. It writes nothing.
/// </summary>
public sealed class AuthorizationDispatcher(
    IClientDirectory clients,
    IResourceSource resources,
    IConsentStore consents,
    IUserStore users,
    ICredentialVault vault,
    AuthorizationOptions options,
    TimeProvider time)
{
    /// <summary>The next step of <paramref name="request"/> in a browser that is signed in with <paramref name="session"/>.</summary>
    public async ValueTask<AuthorizationDecision> DecideAsync(AuthorizationRequest request, BrowserSession? session, CancellationToken cancellationToken)
    {
        if (request.Phase is AuthorizationPhase.Completed or AuthorizationPhase.Failed)
        {
            return new(AuthorizationStep.Finished);
        }

        if (time.GetUtcNow() >= request.ExpiresAt)
        {
            return new(AuthorizationStep.Expired);
        }

        var client = await clients.FindAsync(request.ClientId, cancellationToken);
        if (client is null || !RedirectUriPolicy.IsRegistered(client, request.RedirectUri))
        {
            return new(AuthorizationStep.RefuseClient);
        }

        var resource = resources.Current.FindByUri(request.Resource);
        return resource is null
            ? Fail(OAuthErrors.InvalidTarget)
            : await DecideAsync(request, Prompt.Parse(request.Prompt) ?? default, session, client, resource, cancellationToken);
    }

    private async ValueTask<AuthorizationDecision> DecideAsync(
        AuthorizationRequest request, Prompt prompt, BrowserSession? session, Client client, Resource resource, CancellationToken cancellationToken)
    {
        if (session is null || (prompt.Login && session.AuthenticatedAt < request.CreatedAt))
        {
            return prompt.None ? Fail(OpenIdErrors.LoginRequired) : new(AuthorizationStep.SignIn, client, resource);
        }

        if (request.Phase == AuthorizationPhase.SignIn)
        {
            return new(AuthorizationStep.AcceptSignIn, client, resource);
        }

        if (request.Subject != Sessions.Subject.User(session.UserId))
        {
            return new(AuthorizationStep.RefuseSubject, client, resource);
        }

        if (resource.Scopes.Any(scope => scope.AdministratorsOnly && request.Scopes.Contains(scope.Name))
            && await users.FindAsync(session.UserId, cancellationToken) is not { Administrator: true })
        {
            return Fail(OAuthErrors.AccessDenied.Because("Only administrators can grant the scope."));
        }

        var found = await consents.FindAsync(
            request.Subject, request.ClientId, RedirectUriPolicy.RedirectHost(request.RedirectUri), request.Resource, cancellationToken);
        var remembered = ConsentPolicy.IsOf(client, found) ? found : null;
        return request.Phase == AuthorizationPhase.Consent
            ? DecideConsent(request, prompt, client, resource, remembered)
            : await DecideUpstreamAsync(request, prompt, client, resource, remembered, cancellationToken);
    }

    private AuthorizationDecision DecideConsent(AuthorizationRequest request, Prompt prompt, Client client, Resource resource, Consent? remembered)
    {
        if (ConsentPolicy.Suffices(remembered, request, prompt, client, options))
        {
            return new(AuthorizationStep.AcceptConsent, client, resource, remembered);
        }

        return prompt.None ? Fail(OpenIdErrors.ConsentRequired) : new(AuthorizationStep.Consent, client, resource, remembered);
    }

    private async ValueTask<AuthorizationDecision> DecideUpstreamAsync(
        AuthorizationRequest request, Prompt prompt, Client client, Resource resource, Consent? remembered, CancellationToken cancellationToken)
    {
        var missing = resource is { Auth: ResourceAuthKind.UserOAuth, Provider: { } provider }
            && await vault.NeedsConnectionAsync(new CredentialKey(CredentialOwner.Of(request.Subject!), provider.Name), cancellationToken);
        if (!missing)
        {
            return new(AuthorizationStep.Complete, client, resource, remembered);
        }

        return prompt.None ? Fail(OpenIdErrors.InteractionRequired) : new(AuthorizationStep.Connect, client, resource, remembered);
    }

    private static AuthorizationDecision Fail(OAuthError error) => new(AuthorizationStep.Fail, Error: error);
}
