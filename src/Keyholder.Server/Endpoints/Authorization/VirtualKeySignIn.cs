using Keyholder.Authorization;
using Keyholder.OAuth;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>
/// Lets a virtual key stand in for a person: the request goes on as the key's, and ends in a session bound to the key. Only this request, in the browser it is bound
/// to: nobody is signed in by it. A key that comes with another credential is refused.
/// </summary>
internal sealed class VirtualKeySignIn(
    VirtualKeyAuthenticator keys, SignedInBrowser signedIn, IAuthorizationRequestStore store, AuthorizationPages pages, TimeProvider time)
{
    private const string Conflict = "Sign in with a user name or with a virtual key, not with both. Whoever is signed in here has to sign out first.";
    private const string Invalid = "That virtual key is not valid.";
    private const string Refused = "That virtual key may not be used for this now.";
    private const string OtherKey = "That is another virtual key than the one to connect.";
    private const string Unknown = "Whether that virtual key may be used cannot be known now. Try again.";

    /// <summary>Whether a key can stand in: for a session, and for connecting that very key. What is another's is connected by that one, and what is shared by an administrator.</summary>
    public static bool Takes(AuthorizationRequest request) => request.Purpose == AuthorizationPurpose.OpenSession || request.ConnectedKey is not null;

    public async Task<IResult> PostAsync(HttpContext http, AuthorizationRequest request, AuthorizationDecision decision, OAuthParameters form, string key)
    {
        var others = form["username"] is { Length: > 0 } || form["password"] is { Length: > 0 } || await signedIn.FindAsync(http) is not null;
        if (others)
        {
            return pages.SignIn(request, decision, Conflict, StatusCodes.Status400BadRequest);
        }

        if (!Takes(request) || decision.Resource is not { } resource)
        {
            return pages.SignIn(request, decision, Refused, StatusCodes.Status403Forbidden);
        }

        // What is cut off while the key is looked at was cut off after the sign-in, and so cuts this one off.
        var now = time.GetUtcNow();
        var use = await keys.AuthenticateAsync(key, resource, http.RequestAborted);
        if (use is not { Outcome: VirtualKeyUseOutcome.Allowed, Secret: { } secret })
        {
            var (problem, status) = use.Outcome switch
            {
                VirtualKeyUseOutcome.Invalid => (Invalid, StatusCodes.Status401Unauthorized),
                VirtualKeyUseOutcome.RevocationUnknown => (Unknown, StatusCodes.Status503ServiceUnavailable),
                _ => (Refused, StatusCodes.Status403Forbidden),
            };
            return pages.SignIn(request, decision, problem, status);
        }

        if (request.ConnectedKey is { } wanted && secret.KeyId != wanted)
        {
            return pages.SignIn(request, decision, OtherKey, StatusCodes.Status403Forbidden);
        }

        // Whoever won the transition, the next look at the stored state says what follows; but a key that was good a moment ago may have ended meanwhile.
        return await store.SignInKeyAsync(request.Id, secret, now, time.GetUtcNow(), http.RequestAborted) == AuthorizationTransitionOutcome.SubjectInactive
            ? pages.SignIn(request, decision, Invalid, StatusCodes.Status401Unauthorized)
            : new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }
}
