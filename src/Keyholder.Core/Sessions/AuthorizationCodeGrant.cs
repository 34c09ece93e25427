using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Sessions;

/// <summary>
/// The authorization code grant (RFC 6749 section 4.1.3). Every way a code can be wrong has one answer. A second redemption revokes the session when it is
/// by someone who could have made the first one; a stranger who merely got hold of the code cannot end anything with it.
/// </summary>
public sealed partial class AuthorizationCodeGrant(
    ISessionStore sessions, SessionRevoker revoker, CodeRedeemer redeemer, OpaqueTokenFormats formats, ILogger<AuthorizationCodeGrant> logger) : IGrant
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

        return redeemer.FindRefusal(session) is { } refusal ? refusal : await RedeemAsync(code, request, cancellationToken);
    }

    private async Task<OAuthResult<TokenResponse>> RedeemAsync(OpaqueToken code, GrantRequest request, CancellationToken cancellationToken)
    {
        var (outcome, _, tokens) = await redeemer.RedeemAsync(code, request, repeatable: false, cancellationToken);
        switch (outcome)
        {
            case RedeemOutcome.Redeemed:
                return tokens!;
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
