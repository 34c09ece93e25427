using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Sessions;

/// <summary>
/// The refresh token grant (RFC 6749 section 6) with rotation, retry and reuse detection. The usual refresh is one store call. The session is read first
/// only when the request names scopes, because widening them must fail before anything is consumed, and while a quarantine stands, because the token has to
/// work again once it is lifted. Permanent revocations need no look: they have revoked the session's row.
/// </summary>
public sealed partial class RefreshGrant(
    ISessionStore sessions,
    SessionRevoker revoker,
    RevocationIndex revocations,
    OpaqueTokenFormats formats,
    AccessTokenIssuer accessTokens,
    SessionOptions options,
    TimeProvider time,
    ILogger<RefreshGrant> logger) : IGrant
{
    /// <inheritdoc />
    public string GrantType => GrantTypes.RefreshToken;

    /// <inheritdoc />
    public async ValueTask<OAuthResult<TokenResponse>> ExecuteAsync(GrantRequest request, CancellationToken cancellationToken)
    {
        if (request.Parameters["refresh_token"] is not { } text)
        {
            return OAuthErrors.InvalidRequest.Describe("refresh_token is missing.");
        }

        if (Scopes.Parse(request.Parameters["scope"]) is not { } scopes)
        {
            return OAuthErrors.InvalidScope;
        }

        if (!formats.RefreshToken.TryParse(text, out var presented))
        {
            return OAuthErrors.InvalidGrant.Because("The refresh token was not written by this server.");
        }

        var narrowed = scopes.Where(s => s != Scopes.OfflineAccess).ToList();
        if (narrowed.Count > 0 || revocations.HasQuarantines || revocations.IsUnknown(time.GetUtcNow()))
        {
            var session = await sessions.FindAsync(presented.SessionId, cancellationToken);
            if (session is not null && FindRefusal(session, presented, narrowed, request) is { } refusal)
            {
                return refusal;
            }
        }

        return await RotateAsync(presented, narrowed, request, cancellationToken);
    }

    private OAuthError? FindRefusal(Session session, OpaqueToken presented, List<string> narrowed, GrantRequest request)
    {
        var now = time.GetUtcNow();
        return revocations.Judge(session, now) switch
        {
            RevocationVerdict.Revoked when session.RevokedAt is null => OAuthErrors.InvalidGrant.Because("The kill switch matches the session."),
            RevocationVerdict.Unknown => OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed."),
            _ => narrowed.Count > 0 && Widens(session, presented, narrowed, request, now) ? OAuthErrors.InvalidScope : null,
        };
    }

    // Only where the rotation would succeed: everything else is judged by it, so that no answer depends on the scopes a stranger asks for.
    private static bool Widens(Session session, OpaqueToken presented, List<string> narrowed, GrantRequest request, DateTimeOffset now) =>
        session.RefreshHash is { } newest
        && CryptographicOperations.FixedTimeEquals(newest, presented.Secret.Hash())
        && session.ClientId == request.Client.Id
        && (request.Resource is null || request.Resource == session.Resource)
        && session.IsActive(now)
        && !Scopes.Covers(session.Scopes, narrowed);

    private async Task<OAuthResult<TokenResponse>> RotateAsync(OpaqueToken presented, List<string> narrowed, GrantRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var successor = new OpaqueToken(presented.SessionId, presented.Generation + 1, TokenSecret.Create());
        var successorHash = successor.Secret.Hash();
        var rotation = new Rotation
        {
            SessionId = presented.SessionId,
            Generation = presented.Generation,
            RefreshHash = presented.Secret.Hash(),
            ClientId = request.Client.Id,
            Resource = request.Resource,
            SuccessorHash = successorHash,
            SealedSuccessor = SuccessorSeal.Seal(presented, successor, successorHash),
            IdleExpiresAt = now + options.IdleLifetime,
        };
        var (outcome, session) = await sessions.RotateAsync(rotation, now, cancellationToken);
        switch (RefreshPolicy.Decide(outcome, session, options, now))
        {
            case RefreshDecision.Rotated:
                return Answer(session!, successor, narrowed);
            case RefreshDecision.Retry:
                return Repeat(session!, presented, narrowed);
            case RefreshDecision.Reused:
                await revoker.RevokeAsync(presented.SessionId, RevocationReasons.RefreshTokenReuse, $"client:{request.Client.Id}", request.Origin);
                LogReused(presented.SessionId, presented.Generation, session!.Generation);
                return OAuthErrors.InvalidGrant;
            default:
                return OAuthErrors.InvalidGrant.Because($"The refresh token opens nothing: {outcome}.");
        }
    }

    private OAuthResult<TokenResponse> Repeat(Session session, in OpaqueToken presented, List<string> narrowed)
    {
        if (!SuccessorSeal.TryOpen(presented, session.SealedSuccessor, session.RefreshHash, out var successor))
        {
            return OAuthErrors.ServerError.Because($"The sealed successor of session {session.Id} is not the one in force.");
        }

        return Scopes.Covers(session.Scopes, narrowed) ? Answer(session, successor, narrowed) : OAuthErrors.InvalidScope;
    }

    private TokenResponse Answer(Session session, in OpaqueToken successor, List<string> narrowed)
    {
        var granted = narrowed.Count == 0 ? session.Scopes : narrowed;
        return new TokenResponse(accessTokens.Issue(session, granted), formats.RefreshToken.Format(successor), granted);
    }

    [LoggerMessage(1200, LogLevel.Warning, "Refresh token of generation {Presented} was presented again after generation {Newest}: session {SessionId} revoked")]
    private partial void LogReused(SessionId sessionId, uint presented, uint newest);
}
