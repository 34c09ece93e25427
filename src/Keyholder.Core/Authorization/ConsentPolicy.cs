using System.Security.Cryptography;
using Keyholder.Clients;
using Keyholder.Sessions;

namespace Keyholder.Authorization;

/// <summary>When a remembered approval spares the consent page.</summary>
public static class ConsentPolicy
{
    /// <summary>
    /// Whether <paramref name="remembered"/> suffices for <paramref name="request"/>. Not for native redirects unless configured: any program of the machine could imitate the client
    /// (OAuth 2.1 section 7.3). Not for a changed client, new scopes or <c>prompt=consent</c>.
    /// </summary>
    public static bool Suffices(Consent? remembered, AuthorizationRequest request, Prompt prompt, Client client, AuthorizationOptions options) =>
        remembered is not null
        && !prompt.Consent
        && remembered.Subject == request.Subject
        && remembered.ClientId == request.ClientId
        && remembered.Resource == request.Resource
        && remembered.RedirectHost == RedirectUriPolicy.RedirectHost(request.RedirectUri)
        && OAuth.Scopes.Covers(remembered.Scopes, request.Scopes)
        && (options.RememberConsentForNativeClients || !RedirectUriPolicy.IsNative(request.RedirectUri))
        && IsOf(client, remembered);

    /// <summary>Whether an approval of the request is kept for the next one. Not for devices: which one asks is for the person to say, each time. Not for anonymous sessions: there is nobody to come again.</summary>
    public static bool Remembers(AuthorizationRequest request) => !request.IsForDevice && request.Subject is not { Kind: SubjectKind.Session };

    /// <summary>Whether the approval was given to the client as it is now; a changed client inherits nothing.</summary>
    public static bool IsOf(Client client, Consent? remembered) =>
        remembered is not null && CryptographicOperations.FixedTimeEquals(remembered.ClientFingerprint, ClientFingerprint.Of(client));
}
