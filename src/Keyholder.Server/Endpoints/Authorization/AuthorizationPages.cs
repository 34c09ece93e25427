using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Sessions;
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
            decision.Client is { } client ? ClientName(client) : null,
            decision.Resource?.DisplayName,
            [.. resources.Current.Providers.Where(IsSignInProvider)],
            decision.Key?.Name,
            VirtualKeySignIn.Takes(request) && decision.Resource is not null,
            problem);
        return new PageResult<SignInPage>(status, new() { [nameof(SignInPage.Model)] = model }, FormActionSources.For(request.RedirectUri, ProvidersOf(request, decision.Resource)));
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
            UserName = request.Subject!.Kind == SubjectKind.VirtualKey ? "virtual key " + request.Subject.Id
                : user is null || resource.Subject == ResourceSubject.Session ? null
                : DisplayText.Clean(user.DisplayName, user.Id),
        };
        return new PageResult<ConsentPage>(
            StatusCodes.Status200OK, new() { [nameof(ConsentPage.Model)] = model }, FormActionSources.For(request.RedirectUri, ProvidersOf(request, resource)));
    }

    /// <summary>The page that asks whether to connect what a link is for.</summary>
    public IResult ConfirmConnection(AuthorizationRequest request, AuthorizationDecision decision, User? user)
    {
        var providers = ProvidersOf(request, resource: null).ToList();
        var model = new ConnectionModel
        {
            RequestId = request.Id,
            CsrfToken = csrf.Create(request.BrowserHash, ConnectionForm(request)),
            ClientName = decision.Client is { } client ? ClientName(client) : null,
            Origin = decision.Client is { } asking ? Origin(asking) : null,
            KeyName = decision.Key?.Name,
            ResourceName = decision.Resource?.DisplayName,
            ResourceUri = decision.Resource?.Uri,
            Providers = [.. providers.Select(provider => new ConsentProvider(provider.DisplayName, provider.Scopes, ConnectedBy(provider), Connected: false))],
            UserName = user is null || request.Subject is not { Kind: SubjectKind.User } ? null : DisplayText.Clean(user.DisplayName, user.Id),
        };
        return new PageResult<ConnectionPage>(
            StatusCodes.Status200OK, new() { [nameof(ConnectionPage.Model)] = model }, FormActionSources.For(request.RedirectUri, providers));
    }

    /// <summary>The page of one leg: header values to enter, or a provider the person can do without.</summary>
    public IResult Leg(AuthorizationRequest request, AuthorizationDecision decision, string? problem = null, int status = StatusCodes.Status200OK)
    {
        var provider = decision.Provider!;
        var model = new LegModel
        {
            RequestId = request.Id,
            CsrfToken = csrf.Create(request.BrowserHash, LegForm(request, provider)),
            ProviderName = provider.DisplayName,
            ResourceName = decision.Resource?.DisplayName,
            Headers = decision.Step == AuthorizationStep.EnterHeaders ? provider.Headers : [],
            Optional = request.NextLeg is { Required: false },
            Problem = problem,
        };
        return new PageResult<LegPage>(status, new() { [nameof(LegPage.Model)] = model }, FormActionSources.For(request.RedirectUri, ProvidersOf(request, decision.Resource)));
    }

    /// <summary>Whether a form asked this person whether to connect just this.</summary>
    public bool IsConnectionForm(AuthorizationRequest request, string? token) => csrf.Verify(token, request.BrowserHash, ConnectionForm(request));

    /// <summary>Whether the form of just this leg was shown to this person.</summary>
    public bool IsLegForm(AuthorizationRequest request, Provider provider, string? token) => csrf.Verify(token, request.BrowserHash, LegForm(request, provider));

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
            var needed = await vault.NeedsConnectionAsync(LegPolicy.KeyOf(request, provider), resource.Name, cancellationToken);
            providers.Add(new(provider.DisplayName, provider.Scopes, ConnectedBy(provider), !needed));
        }

        return providers;
    }

    private static ConnectedBy ConnectedBy(Provider provider) =>
        provider.Owner == ProviderOwner.Shared ? Pages.ConnectedBy.Administrator
        : provider.Kind == ProviderKind.Headers ? Pages.ConnectedBy.Form
        : Pages.ConnectedBy.Redirect;

    private IEnumerable<Provider> ProvidersOf(AuthorizationRequest request, Resource? resource) =>
        resource?.Providers.Select(p => p.Provider) ?? request.Legs?.Select(leg => resources.Current.FindProvider(leg.Provider)).OfType<Provider>() ?? [];

    private static string[] ConnectionForm(AuthorizationRequest request) =>
        ["connection", request.Id, request.Subject!.ToString(), .. request.Legs!.Select(leg => leg.Provider)];

    private static string[] LegForm(AuthorizationRequest request, Provider provider) => ["leg", request.Id, request.Subject!.ToString(), provider.Name];

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
