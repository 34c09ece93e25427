using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Fills the pages of the flow from what the dispatcher decided.</summary>
internal sealed class AuthorizationPages(CsrfTokens csrf, IResourceSource resources, ICredentialVault vault)
{
    /// <summary>The sign-in page.</summary>
    public IResult SignIn(AuthorizationRequest request, AuthorizationDecision decision, string? problem = null, int status = StatusCodes.Status200OK)
    {
        var model = new SignInModel(
            request.Id,
            csrf.Create(request.BrowserHash, SignInForm(request)),
            ClientName(decision.Client!),
            decision.Resource!.DisplayName,
            [.. resources.Current.Providers.Where(IsSignInProvider)],
            problem);
        return new PageResult<SignInPage>(status, new() { [nameof(SignInPage.Model)] = model }, FormActionSources.For(request.RedirectUri, ProvidersOf(decision.Resource)));
    }

    /// <summary>The consent page, with the one approval it may lead to written into its token.</summary>
    public async Task<IResult> ConsentAsync(AuthorizationRequest request, AuthorizationDecision decision, User? user, CancellationToken cancellationToken)
    {
        var (client, resource) = (decision.Client!, decision.Resource!);
        var granted = ScopeGrant.Granted(client, resource, request.Scopes, decision.Remembered);
        var model = new ConsentModel
        {
            RequestId = request.Id,
            CsrfToken = csrf.Create(request.BrowserHash, ConsentForm(request, client, granted)),
            ClientName = ClientName(client),
            Origin = Origin(client),
            ClientUri = WebUriPolicy.IsAcceptable(client.ClientUri) ? client.ClientUri : null,
            RedirectHost = request.IsForDevice ? null : RedirectUriPolicy.RedirectHost(request.RedirectUri),
            IsNative = RedirectUriPolicy.IsNative(request.RedirectUri),
            ResourceName = resource.DisplayName,
            ResourceUri = resource.Uri,
            Scopes = [.. resource.Scopes.Where(scope => granted.Contains(scope.Name))
                .Select(scope => new ConsentScope(scope.Name, scope.Description, decision.Remembered?.Scopes.Contains(scope.Name) == true))],
            Providers = await ProvidersOfAsync(request, resource, cancellationToken),
            UserName = user is null || resource.Subject == ResourceSubject.Session ? null : DisplayText.Clean(user.DisplayName, user.Id),
        };
        return new PageResult<ConsentPage>(
            StatusCodes.Status200OK, new() { [nameof(ConsentPage.Model)] = model }, FormActionSources.For(request.RedirectUri, ProvidersOf(resource)));
    }

    /// <summary>Whether a sign-in form was shown in this browser for this request.</summary>
    public bool IsSignInForm(AuthorizationRequest request, string? token) => csrf.Verify(token, request.BrowserHash, SignInForm(request));

    /// <summary>Whether a consent form showed just this approval: this person, this client as it is now, these scopes.</summary>
    public bool IsConsentForm(AuthorizationRequest request, Client client, IReadOnlyList<string> granted, string? token) =>
        csrf.Verify(token, request.BrowserHash, ConsentForm(request, client, granted));

    /// <summary>Whether people may sign in with the provider.</summary>
    public static bool IsSignInProvider(Provider provider) => provider is { SignIn: true, Kind: ProviderKind.Oidc };

    private async Task<IReadOnlyList<ConsentProvider>> ProvidersOfAsync(AuthorizationRequest request, Resource resource, CancellationToken cancellationToken)
    {
        var providers = new List<ConsentProvider>();
        foreach (var (provider, _, _) in resource.Providers)
        {
            var key = new CredentialKey(CredentialOwner.For(provider, request.Subject!, request.SessionId), provider.Name);
            providers.Add(new(provider.DisplayName, provider.Scopes, ConnectedBy(provider), !await vault.NeedsConnectionAsync(key, cancellationToken)));
        }

        return providers;
    }

    private static ConnectedBy ConnectedBy(Provider provider) =>
        provider.Owner == ProviderOwner.Shared ? Pages.ConnectedBy.Administrator
        : provider.Kind == ProviderKind.Headers ? Pages.ConnectedBy.Form
        : Pages.ConnectedBy.Redirect;

    private static IEnumerable<Provider> ProvidersOf(Resource resource) => resource.Providers.Select(p => p.Provider);

    private static string[] SignInForm(AuthorizationRequest request) => ["sign-in", request.Id];

    private static string[] ConsentForm(AuthorizationRequest request, Client client, IReadOnlyList<string> granted) =>
        ["consent", request.Id, request.Subject!.ToString(), Convert.ToHexString(ClientFingerprint.Of(client)), Scopes.Format(granted)];

    private static string ClientName(Client client) => DisplayText.Clean(client.Name, DisplayText.Clean(client.Id, "An app"));

    private static string Origin(Client client) => client.Source switch
    {
        ClientSource.Configured => "Set up by the operator of this server.",
        ClientSource.MetadataDocument when Uri.TryCreate(client.Id, UriKind.Absolute, out var document) => $"Fetched from {document.IdnHost}, the address that is its id.",
        _ => "It registered itself. Nobody has checked its name.",
    };
}
