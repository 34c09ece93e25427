using Keyholder.Authorization;
using Keyholder.Authorization.Connect;
using Keyholder.Authorization.Device;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Endpoints.Authorization.Connect;
using Keyholder.Server.Endpoints.Authorization.Device;
using Keyholder.Server.Hosting;
using Keyholder.Server.Pages;
using Keyholder.Users;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The authorization endpoint, the pages a person sees on the way, and the callback of the providers.</summary>
internal static class AuthorizationEndpoints
{
    /// <summary>Registers the flow and signing in.</summary>
    public static void AddAuthorizationFlow(this IServiceCollection services)
    {
        services.AddSingleton<IPasswordHasher, FrameworkPasswordHasher>();
        services.AddSingleton<LocalUserService>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<PasswordHashingSlots>();
        services.AddSingleton<LocalSignIn>();
        services.AddSingleton<ProviderSignIn>();
        services.AddSingleton<AuthorizationRateLimit>();
        services.AddSingleton<CsrfTokens>();
        services.AddSingleton<AuthorizationDispatcher>();
        services.AddSingleton<SignedInBrowser>();
        services.AddSingleton<PendingRequests>();
        services.AddSingleton<AuthorizationPages>();
        services.AddSingleton<AuthorizationEnding>();
        services.AddSingleton<UpstreamRedirect>();
        services.AddSingleton<SignInCallback>();
        services.AddSingleton<ConnectCallback>();
        services.AddSingleton<MixUpRecord>();
        services.AddSingleton<LegCompletion>();
        services.AddSingleton<LegWithdrawal>();
        services.AddSingleton<HeaderSetVerifier>();
        services.AddSingleton<LegEndpoint>();
        services.AddSingleton<ConnectLinks>();
        services.AddSingleton<ConnectingKeys>();
        services.AddSingleton<ConnectLinkEndpoint>();
        services.AddSingleton<ClientLookup>();
        services.AddSingleton<PushedRequests>();
        services.AddSingleton<ClientAdmission>();
        services.AddSingleton<PushedAuthorizationRequestEndpoint>();
        services.AddSingleton<DeviceAuthorizations>();
        services.AddSingleton<UserCodeThrottle>();
        services.AddSingleton<DeviceAuthorizationEndpoint>();
        services.AddSingleton<UserCodeEndpoint>();
        services.AddSingleton<AuthorizeEndpoint>();
        services.AddSingleton<ContinueEndpoint>();
        services.AddSingleton<SignInEndpoint>();
        services.AddSingleton<VirtualKeySignIn>();
        services.AddSingleton<ProviderSignInEndpoint>();
        services.AddSingleton<ConsentEndpoint>();
        services.AddSingleton<UpstreamCallbackEndpoint>();
        services.AddSingleton<SignOutEndpoint>();
    }

    /// <summary>Maps the flow. No route but the one for pushed requests answers to CORS; forms are taken from Keyholder's own pages only, but for the authorization request itself.</summary>
    public static void MapAuthorizationEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(AuthorizationPaths.Authorize, (HttpContext http, AuthorizeEndpoint endpoint) => endpoint.GetAsync(http));
        endpoints.MapPost(AuthorizationPaths.Authorize, (Delegate)AuthorizeEndpoint.PostAsync).WithOrigins(OriginRule.Navigation);
        endpoints.MapPost(EndpointPaths.PushedAuthorizationRequest, (HttpContext http, PushedAuthorizationRequestEndpoint endpoint) => endpoint.PostAsync(http)).WithOrigins(OriginRule.Any);
        endpoints.MapPost(EndpointPaths.DeviceAuthorization, (HttpContext http, DeviceAuthorizationEndpoint endpoint) => endpoint.PostAsync(http)).WithOrigins(OriginRule.Any);
        endpoints.MapGet(EndpointPaths.Device, (HttpContext http, UserCodeEndpoint endpoint) => endpoint.Get(http));
        endpoints.MapPost(EndpointPaths.Device, (HttpContext http, UserCodeEndpoint endpoint) => endpoint.PostAsync(http));
        endpoints.MapGet(AuthorizationPaths.Continue, (HttpContext http, ContinueEndpoint endpoint) => endpoint.GetAsync(http));
        endpoints.MapPost(AuthorizationPaths.SignIn, (HttpContext http, SignInEndpoint endpoint) => endpoint.PostAsync(http));
        endpoints.MapGet(AuthorizationPaths.SignIn + "/{provider}", (HttpContext http, string provider, ProviderSignInEndpoint endpoint) => endpoint.GetAsync(http, provider));
        endpoints.MapPost(AuthorizationPaths.Consent, (HttpContext http, ConsentEndpoint endpoint) => endpoint.PostAsync(http));
        endpoints.MapPost(AuthorizationPaths.Connect, (HttpContext http, LegEndpoint endpoint) => endpoint.PostAsync(http));
        endpoints.MapGet(ConnectLinks.PathPrefix + "{id}", (HttpContext http, string id, ConnectLinkEndpoint endpoint) => endpoint.GetAsync(http, id));
        endpoints.MapGet(AuthorizationPaths.SharedCallback, (HttpContext http, UpstreamCallbackEndpoint endpoint) => endpoint.GetAsync(http, provider: null));
        endpoints.MapGet(AuthorizationPaths.Callback + "{provider}", (HttpContext http, string provider, UpstreamCallbackEndpoint endpoint) => endpoint.GetAsync(http, provider));
        endpoints.MapGet(AuthorizationPaths.SignOut, (HttpContext http, SignOutEndpoint endpoint) => endpoint.GetAsync(http));
        endpoints.MapPost(AuthorizationPaths.SignOut, (HttpContext http, SignOutEndpoint endpoint) => endpoint.PostAsync(http));
        endpoints.MapGet("/", (IResourceSource resources) => new PageResult<LandingPage>(
            StatusCodes.Status200OK, new() { [nameof(LandingPage.Resources)] = resources.Current.Resources }));
        endpoints.MapPageAssets();
    }
}
