using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Sessions;

/// <summary>
/// The authorization code grant (RFC 6749 section 4.1.3). Every way a code can be wrong has one answer. A second redemption revokes the session when it is
/// by someone who could have made the first one; a stranger who merely got hold of the code cannot end anything with it.
/// </summary>
public sealed partial class AuthorizationCodeGrant(
    ISessionStore sessions,
    SessionRevoker revoker,
    RevocationIndex revocations,
    OpaqueTokenFormats formats,
    AccessTokenIssuer accessTokens,
    AccessTokenOptions accessTokenOptions,
    SessionOptions options,
    TimeProvider time,
    ILogger<AuthorizationCodeGrant> logger) : IGrant
{
    /// <inheritdoc />
    public string GrantType => GrantTypes.AuthorizationCode;

    /// <inheritdoc />
    public async ValueTask<OAuthResult<TokenResponse>> ExecuteAsync(GrantRequest request, CancellationToken cancellationToken)
    {
        if (request.Parameters["code"] is not { } text || request.Parameters["code_verifier"] is null)
        {
            return OAuthErrors.InvalidRequest.Describe("code or code_verifier is missing.");
        }

        if (!formats.AuthorizationCode.TryParse(text, out var code))
        {
            return OAuthErrors.InvalidGrant.Because("The code was not written by this server.");
        }

        if (await sessions.FindAsync(code.SessionId, cancellationToken) is not { } session)
        {
            return OAuthErrors.InvalidGrant.Because("The code's session is unknown.");
        }

        if (AuthorizationCodePolicy.FindMismatch(session, code, request) is { } mismatch)
        {
            return OAuthErrors.InvalidGrant.Because(mismatch);
        }

        return revocations.Judge(session, time.GetUtcNow()) switch
        {
            RevocationVerdict.Unknown => OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed."),
            RevocationVerdict.Revoked when session.RevokedAt is null => OAuthErrors.InvalidGrant.Because("The kill switch matches the session."),
            _ => await RedeemAsync(code, request, cancellationToken),
        };
    }

    private async Task<OAuthResult<TokenResponse>> RedeemAsync(OpaqueToken code, GrantRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var mayRefresh = request.Client.GrantTypes.Contains(GrantTypes.RefreshToken);
        var refreshToken = new OpaqueToken(code.SessionId, generation: 1, TokenSecret.Create());
        var redemption = new CodeRedemption
        {
            SessionId = code.SessionId,
            CodeHash = code.Secret.Hash(),
            ClientId = request.Client.Id,
            RefreshHash = mayRefresh ? refreshToken.Secret.Hash() : null,
            IdleExpiresAt = now + (mayRefresh ? options.IdleLifetime : accessTokenOptions.Lifetime),
        };
        var (outcome, session) = await sessions.RedeemCodeAsync(redemption, now, cancellationToken);
        switch (outcome)
        {
            case RedeemOutcome.Redeemed:
                return new TokenResponse(
                    accessTokens.Issue(session!, session!.Scopes),
                    mayRefresh ? formats.RefreshToken.Format(refreshToken) : null,
                    session.Scopes);
            case RedeemOutcome.AlreadyRedeemed:
                await revoker.RevokeAsync(code.SessionId, RevocationReasons.CodeReuse, $"client:{request.Client.Id}", request.Origin);
                LogReused(code.SessionId);
                return OAuthErrors.InvalidGrant;
            default:
                return OAuthErrors.InvalidGrant.Because($"The code cannot be redeemed: {outcome}.");
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "An authorization code was redeemed twice: session {SessionId} revoked")]
    private partial void LogReused(SessionId sessionId);
}
