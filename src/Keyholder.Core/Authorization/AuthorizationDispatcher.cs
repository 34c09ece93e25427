using Keyholder.Authorization.Connect;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

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
    ConnectingKeys keys,
    AuthorizationOptions options,
    TimeProvider time)
{
    private readonly LegPolicy _legs = new(vault);

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

        if (request.Purpose != AuthorizationPurpose.OpenSession)
        {
            return await DecideConnectionAsync(request, session, cancellationToken);
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
        if (!isAnonymous && !IsVirtualKey(request) && (session is null || (prompt.Login && session.AuthenticatedAt < request.CreatedAt)))
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
    private static bool IsSubject(AuthorizationRequest request, Resource resource, BrowserSession? session) => resource.Subject == ResourceSubject.Session
        ? request.Subject == Subject.Of(request.SessionId)
        : IsVirtualKey(request) || (session is not null && request.Subject == Subject.User(session.UserId));

    // The key was presented to this very request, in the browser that it is bound to.
    private static bool IsVirtualKey(AuthorizationRequest request) => request.Subject?.Kind == SubjectKind.VirtualKey;

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
        if (request.Legs is not null)
        {
            return DecideLeg(request, client, resource, remembered);
        }

        var legs = await _legs.PlanAsync(request, resource, onlyRequired: prompt.None, cancellationToken);
        return legs.Count == 0 ? new(AuthorizationStep.Complete, client, resource, remembered)
            : prompt.None ? Fail(OpenIdErrors.InteractionRequired)
            : new(AuthorizationStep.PlanLegs, client, resource, remembered, Legs: legs);
    }

    private AuthorizationDecision DecideLeg(AuthorizationRequest request, Client? client, Resource? resource, Consent? remembered)
    {
        if (request.NextLeg is not { } leg)
        {
            return new(AuthorizationStep.Complete, client, resource, remembered);
        }

        var provider = resources.Current.FindProvider(leg.Provider);
        if (provider is null || !LegPolicy.MayConnect(request, provider) || (resource is not null && resource.Providers.All(entry => entry.Provider.Name != leg.Provider)))
        {
            return Fail(OAuthErrors.ServerError.Because("The provider of a pending leg is not configured any more, or not for this."));
        }

        var step = provider.Kind == ProviderKind.Headers ? AuthorizationStep.EnterHeaders
            : leg.Required ? AuthorizationStep.Connect
            : AuthorizationStep.OfferConnection;
        return new(step, client, resource, remembered, provider);
    }

    /// <summary>The next step of a request that a connect link began. Whom it is for was decided by the link; whoever is at the browser has to be that one, or be allowed to connect for it.</summary>
    private async ValueTask<AuthorizationDecision> DecideConnectionAsync(AuthorizationRequest request, BrowserSession? session, CancellationToken cancellationToken)
    {
        if (request.Purpose == AuthorizationPurpose.ConnectShared)
        {
            return await DecideSharedAsync(request, session, cancellationToken);
        }

        Client? client = null;
        if (request.ClientId.Length > 0 && (client = await clients.FindAsync(request.ClientId, cancellationToken)) is null)
        {
            return new(AuthorizationStep.RefuseClient);
        }

        if (resources.Current.FindByUri(request.Resource) is not { } resource)
        {
            return Fail(OAuthErrors.InvalidTarget);
        }

        if (request.ConnectedKey is not null)
        {
            return await DecideKeyAsync(request, session, client, resource, cancellationToken);
        }

        var isAnonymous = request.Subject is { Kind: SubjectKind.Session };
        return !isAnonymous && session is null ? new(AuthorizationStep.SignIn, client, resource)
            : !isAnonymous && request.Subject != Subject.User(session!.UserId) ? new(AuthorizationStep.RefuseSubject, client, resource)
            : DecideConnecting(request, client, resource);
    }

    private async ValueTask<AuthorizationDecision> DecideSharedAsync(AuthorizationRequest request, BrowserSession? session, CancellationToken cancellationToken) =>
        session is null ? new(AuthorizationStep.SignIn)
        : await users.FindAsync(session.UserId, cancellationToken) is not { Administrator: true } ? new(AuthorizationStep.RefuseSubject)
        : request.Phase == AuthorizationPhase.SignIn ? new(AuthorizationStep.AcceptSignIn)
        : request.Subject != Subject.User(session.UserId) ? new(AuthorizationStep.RefuseSubject)
        : DecideConnecting(request, client: null, resource: null);

    /// <summary>A key is connected by a user who may, or by whoever presented it to this very request, in the browser that it is bound to; and only while it may use the resource.</summary>
    private async ValueTask<AuthorizationDecision> DecideKeyAsync(
        AuthorizationRequest request, BrowserSession? session, Client? client, Resource resource, CancellationToken cancellationToken)
    {
        var (use, key) = await keys.JudgeAsync(request.ConnectedKey!, request.ConnectedSession, request.ClientId, resource, request.CreatedAt, cancellationToken);
        if (use != VirtualKeyUseOutcome.Allowed || key is null)
        {
            return Fail(use == VirtualKeyUseOutcome.RevocationUnknown
                ? OAuthErrors.TemporarilyUnavailable
                : OAuthErrors.AccessDenied.Describe("The virtual key may not use this any more.").Because($"The virtual key to connect is {use}."));
        }

        var step = IsVirtualKey(request) ? DecideConnecting(request, client, resource)
            : session is null ? new(AuthorizationStep.SignIn, client, resource)
            : !await keys.MayConnectAsync(key, session.UserId, cancellationToken) ? new(AuthorizationStep.RefuseSubject, client, resource)
            : request.Phase == AuthorizationPhase.SignIn ? new(AuthorizationStep.AcceptSignIn, client, resource)
            : request.Subject != Subject.User(session.UserId) ? new(AuthorizationStep.RefuseSubject, client, resource)
            : DecideConnecting(request, client, resource);
        return step with { Key = key };
    }

    private AuthorizationDecision DecideConnecting(AuthorizationRequest request, Client? client, Resource? resource) => request.Phase == AuthorizationPhase.Consent
        ? new(AuthorizationStep.ConfirmConnection, client, resource)
        : DecideLeg(request, client, resource, remembered: null);

    private static AuthorizationDecision Fail(OAuthError error) => new(AuthorizationStep.Fail, Error: error);
}
