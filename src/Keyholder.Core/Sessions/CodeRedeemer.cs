using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>Redeems what opened a session, an authorization code or a device code, for its first tokens.</summary>
public sealed class CodeRedeemer(
    ISessionStore sessions,
    RevocationIndex revocations,
    OpaqueTokenFormats formats,
    AccessTokenIssuer accessTokens,
    AccessTokenOptions accessTokenOptions,
    SessionOptions options,
    TimeProvider time)
{
    /// <summary>Why the session may not be redeemed now, though it is not revoked for good; null when it may be tried.</summary>
    public OAuthError? FindRefusal(Session session) => revocations.Judge(session, time.GetUtcNow()) switch
    {
        RevocationVerdict.Unknown => OAuthErrors.TemporarilyUnavailable.Because("The revocation log is not confirmed."),
        RevocationVerdict.Revoked when session.RevokedAt is null => OAuthErrors.InvalidGrant.Because("The kill switch matches the session."),
        _ => null,
    };

    /// <summary>Starts the lineage. The tokens come with <see cref="RedeemOutcome.Redeemed"/> alone; the session is as it is afterwards.</summary>
    /// <param name="code">What redeems the session.</param>
    /// <param name="request">Who redeems it.</param>
    /// <param name="repeatable">Whether the holder of the code may be given the first refresh token again.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<(RedeemOutcome Outcome, Session? Session, TokenResponse? Tokens)> RedeemAsync(
        OpaqueToken code, GrantRequest request, bool repeatable, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var mayRefresh = request.Client.GrantTypes.Contains(GrantTypes.RefreshToken);
        var refreshToken = new OpaqueToken(code.SessionId, generation: 1, TokenSecret.Create());
        var refreshHash = refreshToken.Secret.Hash();
        var redemption = new CodeRedemption
        {
            SessionId = code.SessionId,
            CodeHash = code.Secret.Hash(),
            ClientId = request.Client.Id,
            RefreshHash = mayRefresh ? refreshHash : null,
            SealedSuccessor = mayRefresh && repeatable ? SuccessorSeal.Seal(code, refreshToken, refreshHash) : null,
            IdleExpiresAt = now + (mayRefresh ? options.IdleLifetime : accessTokenOptions.Lifetime),
        };
        var (outcome, session) = await sessions.RedeemCodeAsync(redemption, now, cancellationToken);
        return (outcome, session, outcome == RedeemOutcome.Redeemed ? Answer(session!, mayRefresh ? refreshToken : null) : null);
    }

    /// <summary>The first tokens of a redeemed session.</summary>
    public TokenResponse Answer(Session session, OpaqueToken? refreshToken) => new(
        accessTokens.Issue(session, session.Scopes),
        refreshToken is { } token ? formats.RefreshToken.Format(token) : null,
        session.Scopes);
}
