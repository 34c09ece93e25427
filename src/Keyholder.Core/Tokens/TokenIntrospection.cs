using System.Security.Cryptography;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Tokens;

/// <summary>
/// Token introspection (RFC 7662) for administrators, and for clients the operator configured with a secret: who merely registered, or only names itself,
/// could use it to try stolen tokens. An access token is looked at in memory, a refresh or admin token in the database. Only administrators learn of admin tokens.
/// </summary>
public sealed class TokenIntrospection(
    IClientAuthenticator authenticator,
    OpaqueTokenFormats formats,
    ISessionStore sessions,
    IUserStore users,
    VirtualKeyAccesses keys,
    IResourceSource resources,
    IAccessTokenInspector accessTokens,
    AdminTokenValidator adminTokens,
    RevocationIndex revocations,
    TimeProvider time)
{
    private static readonly OAuthError Unconfirmed = OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed.");

    /// <summary>Answers a client.</summary>
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

        return parameters["token"] is { } token ? await InspectAsync(token, cancellationToken) : OAuthErrors.InvalidRequest.Describe("token is missing.");
    }

    /// <summary>Answers an administrator, who presents an admin token as a bearer token in place of client authentication (RFC 7662 section 2.1).</summary>
    public async ValueTask<OAuthResult<Introspection>> ExecuteAsAdministratorAsync(string adminToken, OAuthParameters parameters, CancellationToken cancellationToken)
    {
        var (outcome, _) = await adminTokens.ValidateAsync(adminToken, cancellationToken);
        if (outcome != AdminTokenOutcome.Valid)
        {
            return outcome == AdminTokenOutcome.RevocationUnknown ? Unconfirmed : OAuthErrors.InvalidToken;
        }

        if (parameters["client_id"] is not null || parameters["client_secret"] is not null || parameters["client_assertion"] is not null)
        {
            return OAuthErrors.InvalidRequest.Describe("More than one authentication method was used.");
        }

        return parameters["token"] switch
        {
            null => OAuthErrors.InvalidRequest.Describe("token is missing."),
            { } token when AdminTokenValidator.IsClaimed(token) => await InspectAdminTokenAsync(token, cancellationToken),
            { } token => await InspectAsync(token, cancellationToken),
        };
    }

    private async Task<OAuthResult<Introspection>> InspectAdminTokenAsync(string token, CancellationToken cancellationToken) =>
        await adminTokens.ValidateAsync(token, cancellationToken) switch
        {
            (AdminTokenOutcome.Valid, { } found) => Introspection.Of(found),
            (AdminTokenOutcome.RevocationUnknown, _) => Unconfirmed,
            _ => Introspection.Inactive,
        };

    private async ValueTask<OAuthResult<Introspection>> InspectAsync(string token, CancellationToken cancellationToken) =>
        formats.RefreshToken.TryParse(token, out var refreshToken) ? await InspectAsync(refreshToken, cancellationToken) : await InspectAccessTokenAsync(token, cancellationToken);

    private ValueTask<OAuthResult<Introspection>> InspectAccessTokenAsync(string token, CancellationToken cancellationToken)
    {
        var outcome = accessTokens.Inspect(token, out var accessToken);
        return outcome == AccessTokenOutcome.Valid && accessToken!.Subject.Kind == SubjectKind.VirtualKey
            ? InspectOfKeyAsync(accessToken, cancellationToken)
            : new(Answer(outcome, accessToken));
    }

    // What a key may do is not said by its sessions' tokens: a key that cannot be used, or has no grant for the resource any more, makes them useless at once.
    private async ValueTask<OAuthResult<Introspection>> InspectOfKeyAsync(AccessToken accessToken, CancellationToken cancellationToken) =>
        await IsLiveAsync(accessToken.Subject, accessToken.Audience, accessToken.AuthenticatedAt, cancellationToken) ? Introspection.Of(accessToken) : Introspection.Inactive;

    private static OAuthResult<Introspection> Answer(AccessTokenOutcome outcome, AccessToken? accessToken) => outcome switch
    {
        AccessTokenOutcome.Valid => Introspection.Of(accessToken!),
        AccessTokenOutcome.RevocationUnknown => Unconfirmed,
        _ => Introspection.Inactive,
    };

    private async Task<OAuthResult<Introspection>> InspectAsync(OpaqueToken refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = await sessions.FindAsync(refreshToken.SessionId, cancellationToken);
        if (session is null || !IsNewest(refreshToken, session) || !session.IsActive(now) || !await IsLiveAsync(session.Subject, session.Resource, session.AuthenticatedAt, cancellationToken))
        {
            return Introspection.Inactive;
        }

        return revocations.Judge(session, now) switch
        {
            RevocationVerdict.Clear => Introspection.OfRefreshToken(session),
            RevocationVerdict.Unknown => Unconfirmed,
            _ => Introspection.Inactive,
        };
    }

    private static bool IsNewest(OpaqueToken refreshToken, Session session) =>
        session.RefreshHash is { } newest && CryptographicOperations.FixedTimeEquals(newest, refreshToken.Secret.Hash());

    private async ValueTask<bool> IsLiveAsync(Subject subject, string resourceUri, DateTimeOffset since, CancellationToken cancellationToken) => subject.Kind switch
    {
        SubjectKind.Session => true,
        SubjectKind.User => await users.FindAsync(subject.Id, cancellationToken) is { DisabledAt: null },
        _ => await keys.GetAsync(subject.Id, cancellationToken) is { } key
            && key.StatusAt(time.GetUtcNow()) == VirtualKeyStatus.Active
            && !key.IsOwnerRevoked(revocations, since)
            && resources.Current.FindByUri(resourceUri) is { } resource
            && key.FindGrant(resource.Name) is not null,
    };
}
