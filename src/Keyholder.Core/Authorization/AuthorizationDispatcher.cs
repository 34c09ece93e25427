using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Sessions;
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
        if (client is null || !CanBeAnswered(client, request))
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
        var isAnonymous = resource.Subject == ResourceSubject.Session;
        if (!isAnonymous && (session is null || (prompt.Login && session.AuthenticatedAt < request.CreatedAt)))
        {
            return prompt.None ? Fail(OpenIdErrors.LoginRequired) : new(AuthorizationStep.SignIn, client, resource);
        }

        if (request.Phase == AuthorizationPhase.SignIn)
        {
            return new(isAnonymous ? AuthorizationStep.AcceptAnonymous : AuthorizationStep.AcceptSignIn, client, resource);
        }

        if (!IsSubject(request, resource, session))
        {
            return new(AuthorizationStep.RefuseSubject, client, resource);
        }

        var beyond = await ScopesBeyondAsync(request.Subject!, resource, cancellationToken);
        if (request.Scopes.Any(beyond.Contains))
        {
            return Fail(OAuthErrors.AccessDenied.Because("Only administrators can grant the scope."));
        }

        var found = !ConsentPolicy.Remembers(request) ? null : await consents.FindAsync(
            request.Subject!, request.ClientId, RedirectUriPolicy.RedirectHost(request.RedirectUri), request.Resource, cancellationToken);
        var remembered = ConsentPolicy.IsOf(client, found) ? found! with { Scopes = [.. found.Scopes.Except(beyond)] } : null;
        return request.Phase == AuthorizationPhase.Consent
            ? DecideConsent(request, prompt, client, resource, remembered)
            : await DecideUpstreamAsync(request, prompt, client, resource, remembered, cancellationToken);
    }

    private static bool CanBeAnswered(Client client, AuthorizationRequest request) =>
        request.IsForDevice ? client.GrantTypes.Contains(GrantTypes.DeviceCode) : RedirectUriPolicy.IsRegistered(client, request.RedirectUri);

    /// <summary>
    /// Whether whoever is at the browser, which has shown that the request is its own, is the one the request is for. A resource that changed its mind about its subjects meanwhile
    /// has none in common with the request.
    /// </summary>
    public static bool IsSubject(AuthorizationRequest request, Resource resource, BrowserSession? session) => resource.Subject == ResourceSubject.Session
        ? request.Subject == Subject.Of(request.SessionId)
        : session is not null && request.Subject == Subject.User(session.UserId);

    /// <summary>The resource's scopes that the subject cannot grant, and does not pass on from when she still could.</summary>
    private async ValueTask<IReadOnlyCollection<string>> ScopesBeyondAsync(Subject subject, Resource resource, CancellationToken cancellationToken)
    {
        var reserved = resource.Scopes.Where(scope => scope.AdministratorsOnly).Select(scope => scope.Name).ToArray();
        var mayGrantAll = reserved.Length == 0
            || (subject.Kind == SubjectKind.User && await users.FindAsync(subject.Id, cancellationToken) is { Administrator: true });
        return mayGrantAll ? [] : reserved;
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
        if (await FindUnconnectedAsync(request, resource, cancellationToken) is not { } provider)
        {
            return new(AuthorizationStep.Complete, client, resource, remembered);
        }

        return prompt.None ? Fail(OpenIdErrors.InteractionRequired) : new(AuthorizationStep.Connect, client, resource, remembered, provider);
    }

    /// <summary>The first provider, in configured order, that this person has to connect before the resource is of use; null when there is none. Shared ones are an administrator's matter.</summary>
    private async ValueTask<Provider?> FindUnconnectedAsync(AuthorizationRequest request, Resource resource, CancellationToken cancellationToken)
    {
        foreach (var (provider, required, _) in resource.Providers)
        {
            if (required
                && provider is { Kind: not ProviderKind.Headers, Owner: not ProviderOwner.Shared }
                && await vault.NeedsConnectionAsync(new(CredentialOwner.For(provider, request.Subject!, request.SessionId), provider.Name), cancellationToken))
            {
                return provider;
            }
        }

        return null;
    }

    private static AuthorizationDecision Fail(OAuthError error) => new(AuthorizationStep.Fail, Error: error);
}
