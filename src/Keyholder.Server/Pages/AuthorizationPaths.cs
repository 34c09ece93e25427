using Keyholder.OAuth;

namespace Keyholder.Server.Pages;

/// <summary>The paths of the authorization flow, below the issuer.</summary>
internal static class AuthorizationPaths
{
    public const string Authorize = EndpointPaths.Authorize;
    public const string Continue = "/authorize/continue";
    public const string SignIn = "/authorize/sign-in";
    public const string Consent = "/authorize/consent";
    public const string Connect = "/authorize/connect";
    public const string SharedCallback = EndpointPaths.SharedCallback;
    public const string Callback = EndpointPaths.Callback;
    public const string SignOut = "/sign-out";

    /// <summary>Where a request goes on.</summary>
    public static string ContinueUrl(string requestId) => Continue + "?request=" + Uri.EscapeDataString(requestId);

    /// <summary>Where signing in with a provider begins.</summary>
    public static string ProviderSignInUrl(string provider, string requestId) =>
        $"{SignIn}/{Uri.EscapeDataString(provider)}?request={Uri.EscapeDataString(requestId)}";
}
