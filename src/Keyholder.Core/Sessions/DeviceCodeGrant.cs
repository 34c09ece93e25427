using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Sessions;

/// <summary>
/// The device code grant (RFC 8628 section 3.4). A device whose answer was lost gets the same tokens again, as at a refresh: inside the retry window, and as long as its refresh token was
/// not used. Any other poll after the tokens were given out is by a second holder of the device code, and ends the session.
/// </summary>
public sealed partial class DeviceCodeGrant(
    IDeviceAuthorizationStore devices,
    ISessionStore sessions,
    SessionRevoker revoker,
    CodeRedeemer redeemer,
    OpaqueTokenFormats formats,
    SessionOptions options,
    TimeProvider time,
    ILogger<DeviceCodeGrant> logger) : IGrant
{
    /// <inheritdoc />
    public string GrantType => GrantTypes.DeviceCode;

    /// <inheritdoc />
    public async ValueTask<OAuthResult<TokenResponse>> ExecuteAsync(GrantRequest request, CancellationToken cancellationToken)
    {
        if (request.Parameters["device_code"] is not { } text)
        {
            return OAuthErrors.InvalidRequest.Describe("device_code is missing.");
        }

        if (!formats.DeviceCode.TryParse(text, out var code))
        {
            return OAuthErrors.InvalidGrant.Because("The device code was not written by this server.");
        }

        var poll = new DevicePoll(code.SessionId, code.Secret.Hash(), request.Client.Id, request.Resource);
        var outcome = await devices.PollAsync(poll, time.GetUtcNow(), cancellationToken);
        return outcome switch
        {
            DevicePollOutcome.Approved => await RedeemAsync(code, request, cancellationToken),
            DevicePollOutcome.Pending => OAuthErrors.AuthorizationPending,
            DevicePollOutcome.SlowDown => OAuthErrors.SlowDown,
            DevicePollOutcome.Denied => OAuthErrors.AccessDenied with { Status = 400 },
            DevicePollOutcome.Expired => OAuthErrors.ExpiredToken,
            _ => OAuthErrors.InvalidGrant.Because($"The device code opens nothing: {outcome}."),
        };
    }

    private async Task<OAuthResult<TokenResponse>> RedeemAsync(OpaqueToken code, GrantRequest request, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(code.SessionId, cancellationToken) is not { } session)
        {
            return OAuthErrors.InvalidGrant.Because("The device code's session is gone.");
        }

        if (redeemer.FindRefusal(session) is { } refusal)
        {
            return refusal;
        }

        var (outcome, redeemed, tokens) = await redeemer.RedeemAsync(code, request, repeatable: true, cancellationToken);
        switch (outcome)
        {
            case RedeemOutcome.Redeemed:
                return tokens!;
            case RedeemOutcome.Expired:
                return OAuthErrors.ExpiredToken;
            case RedeemOutcome.AlreadyRedeemed when IsLostAnswer(redeemed!):
                return Repeat(redeemed!, code);
            case RedeemOutcome.AlreadyRedeemed:
                await revoker.RevokeAsync(code.SessionId, RevocationReasons.DeviceCodeReuse, $"client:{request.Client.Id}", request.Origin);
                LogReused(code.SessionId);
                return OAuthErrors.InvalidGrant;
            default:
                return OAuthErrors.InvalidGrant.Because($"The device code cannot be redeemed: {outcome}.");
        }
    }

    private bool IsLostAnswer(Session session) =>
        session.Generation == 1 && options.RetryWindow > TimeSpan.Zero && time.GetUtcNow() - session.Code.RedeemedAt < options.RetryWindow;

    private OAuthResult<TokenResponse> Repeat(Session session, in OpaqueToken code)
    {
        if (session.RefreshHash is null)
        {
            return redeemer.Answer(session, refreshToken: null);
        }

        return SuccessorSeal.TryOpen(code, session.SealedSuccessor, session.RefreshHash, out var refreshToken)
            ? redeemer.Answer(session, refreshToken)
            : OAuthErrors.ServerError.Because($"The sealed refresh token of session {session.Id} is not the one in force.");
    }

    [LoggerMessage(1202, LogLevel.Warning, "A device code was presented again after its tokens were given out: session {SessionId} revoked")]
    private partial void LogReused(SessionId sessionId);
}
