using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tokens;

/// <summary>
/// Token revocation (RFC 7009). A refresh token ends its session, an access token only itself. A token that is unknown, dead or another client's is answered
/// like a revoked one, so that nobody learns anything about a token by trying to revoke it. <c>token_type_hint</c> is not needed: tokens say what they are.
/// </summary>
public sealed class TokenRevocation(
    IClientAuthenticator authenticator,
    OpaqueTokenFormats formats,
    ISessionStore sessions,
    IAccessTokenInspector accessTokens,
    SessionRevoker revoker,
    KillSwitch killSwitch,
    RevocationIndex index,
    TimeProvider time)
{
    /// <summary>How many targets the index may hold before clients can add no further single tokens to it. Everyone else always can.</summary>
    public const int Capacity = 100_000;

    /// <summary>Answers a revocation request; null = done, or nothing to do. When it returns null, an own token is refused on this node.</summary>
    public async ValueTask<OAuthError?> ExecuteAsync(string? authorizationHeader, OAuthParameters parameters, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var client = await authenticator.AuthenticateAsync(authorizationHeader, parameters, cancellationToken);
        if (client.Failed)
        {
            return client.Error;
        }

        if (parameters["token"] is not { } token)
        {
            return OAuthErrors.InvalidRequest.Describe("token is missing.");
        }

        return formats.RefreshToken.TryParse(token, out var refreshToken)
            ? await RevokeSessionAsync(refreshToken.SessionId, client.Value, origin, cancellationToken)
            : await RevokeAccessTokenAsync(token, client.Value, origin);
    }

    private async Task<OAuthError?> RevokeSessionAsync(SessionId id, Client client, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var session = await sessions.FindAsync(id, cancellationToken);
        if (session?.ClientId == client.Id)
        {
            await revoker.RevokeAsync(id, RevocationReasons.ClientRequest, $"client:{client.Id}", origin);
        }

        return null;
    }

    private async Task<OAuthError?> RevokeAccessTokenAsync(string text, Client client, RequestOrigin origin)
    {
        var outcome = accessTokens.Inspect(text, out var token);
        if (outcome == AccessTokenOutcome.RevocationUnknown)
        {
            return OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed.");
        }

        if (token is null || token.ClientId != client.Id)
        {
            return null;
        }

        if (index.Count >= Capacity)
        {
            return OAuthErrors.TemporarilyUnavailable.Because("The revocation index is full.");
        }

        var target = new RevocationTarget(RevocationTargetKind.Token, token.Id);
        var entry = new RevocationEntry(target, time.GetUtcNow(), token.ExpiresAt + RevocationPolicy.ClockMargin, RevocationReasons.ClientRequest);
        await killSwitch.RevokeAsync(new PlannedRevocation(entry, []), $"client:{client.Id}", origin);
        return null;
    }
}
