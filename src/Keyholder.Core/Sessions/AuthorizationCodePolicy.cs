using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>Whether a token request is by the party the code was issued to (RFC 6749 section 4.1.3, RFC 7636 section 4.6, RFC 8707 section 2.2). Pure.</summary>
public static class AuthorizationCodePolicy
{
    /// <summary>The first thing that does not match, for the log; null when everything does. Whether the code is expired or redeemed is not asked here.</summary>
    public static string? FindMismatch(Session session, in OpaqueToken code, GrantRequest request) =>
        !CryptographicOperations.FixedTimeEquals(session.Code.Hash, code.Secret.Hash()) ? "The code is not the session's."
        : session.ClientId != request.Client.Id ? "Another client presents the code."
        : !RepeatsRedirectUri(session.Code, request.Parameters) ? "The redirect URI is not the one of the authorization request."
        : request.Resource is not null && request.Resource != session.Resource ? "The resource is not the session's."
        : !ProofKey.Verifies(request.Parameters["code_verifier"] ?? "", session.Code.Challenge) ? "The code verifier does not match."
        : null;

    private static bool RepeatsRedirectUri(AuthorizationCodeRecord code, OAuthParameters parameters) =>
        parameters["redirect_uri"] is { } sent ? sent == code.RedirectUri : !code.RedirectUriWasSent;
}
