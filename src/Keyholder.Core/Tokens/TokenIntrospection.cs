using System.Security.Cryptography;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tokens;

/// <summary>
/// Token introspection (RFC 7662) for clients the operator configured with a secret: who merely registered, or only names itself, could use it to try stolen
/// tokens. An access token is looked at in memory, a refresh token in the database.
/// </summary>
public sealed class TokenIntrospection(
    IClientAuthenticator authenticator,
    OpaqueTokenFormats formats,
    ISessionStore sessions,
    IUserStore users,
    IAccessTokenInspector accessTokens,
    RevocationIndex revocations,
    TimeProvider time)
{
    /// <summary>Answers an introspection request.</summary>
    public async ValueTask<OAuthResult<Introspection>> ExecuteAsync(string? authorizationHeader, OAuthParameters parameters, CancellationToken cancellationToken)
    {
        var caller = await authenticator.AuthenticateAsync(authorizationHeader, parameters, cancellationToken);
        if (caller.Failed)
        {
            return caller.Error;
        }

        if (caller.Value.IsPublic || caller.Value.Source != ClientSource.Configured)
        {
            return OAuthErrors.InvalidClient.Because($"{caller.Value} may not introspect: it is not configured, or has no secret.");
        }

        if (parameters["token"] is not { } token)
        {
            return OAuthErrors.InvalidRequest.Describe("token is missing.");
        }

        return formats.RefreshToken.TryParse(token, out var refreshToken)
            ? await InspectAsync(refreshToken, cancellationToken)
            : Inspect(token);
    }

    private OAuthResult<Introspection> Inspect(string token) => accessTokens.Inspect(token, out var accessToken) switch
    {
        AccessTokenOutcome.Valid => Introspection.Of(accessToken!),
        AccessTokenOutcome.RevocationUnknown => OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed."),
        _ => Introspection.Inactive,
    };

    private async Task<OAuthResult<Introspection>> InspectAsync(OpaqueToken refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = await sessions.FindAsync(refreshToken.SessionId, cancellationToken);
        if (session is null || !IsNewest(refreshToken, session) || !session.IsActive(now) || !await IsLiveAsync(session.Subject, cancellationToken))
        {
            return Introspection.Inactive;
        }

        return revocations.Judge(session, now) switch
        {
            RevocationVerdict.Clear => Introspection.OfRefreshToken(session),
            RevocationVerdict.Unknown => OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed."),
            _ => Introspection.Inactive,
        };
    }

    private static bool IsNewest(OpaqueToken refreshToken, Session session) =>
        session.RefreshHash is { } newest && CryptographicOperations.FixedTimeEquals(newest, refreshToken.Secret.Hash());

    private async ValueTask<bool> IsLiveAsync(Subject subject, CancellationToken cancellationToken) => subject.Kind switch
    {
        SubjectKind.Session => true,
        SubjectKind.User => await users.FindAsync(subject.Id, cancellationToken) is { DisabledAt: null },
        _ => false,
    };
}
