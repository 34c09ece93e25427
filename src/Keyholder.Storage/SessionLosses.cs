using System.Security.Cryptography;
using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>Why a conditional update of a session changed no row, judged from the row as it is. The same rules for every backend.</summary>
internal static class SessionLosses
{
    public static RedeemOutcome Classify(CodeRedemption redemption, Session session, bool subjectIsLive, DateTimeOffset now)
    {
        if (!Same(redemption.CodeHash, session.Code.Hash) || redemption.ClientId != session.ClientId)
        {
            return RedeemOutcome.Mismatch;
        }

        if (session.RevokedAt is not null)
        {
            return RedeemOutcome.Revoked;
        }

        if (session.Code.RedeemedAt is not null)
        {
            return RedeemOutcome.AlreadyRedeemed;
        }

        if (session.Code.ExpiresAt <= now || !session.IsActive(now))
        {
            return RedeemOutcome.Expired;
        }

        return subjectIsLive ? RedeemOutcome.Mismatch : RedeemOutcome.SubjectInactive;
    }

    public static RotateOutcome Classify(Rotation rotation, Session session, bool subjectIsLive, DateTimeOffset now)
    {
        if (rotation.ClientId != session.ClientId || (rotation.Resource is not null && rotation.Resource != session.Resource))
        {
            return RotateOutcome.Mismatch;
        }

        if (session.RevokedAt is not null)
        {
            return RotateOutcome.Revoked;
        }

        if (!session.IsActive(now))
        {
            return RotateOutcome.Expired;
        }

        if (!subjectIsLive)
        {
            return RotateOutcome.SubjectInactive;
        }

        var isPredecessor = (ulong)rotation.Generation + 1 == session.Generation && Same(rotation.RefreshHash, session.PreviousHash);
        return isPredecessor ? RotateOutcome.Predecessor : RotateOutcome.Superseded;
    }

    /// <summary>Whether the presented token is the newest one: then nothing it was refused for holds any more.</summary>
    public static bool IsNewest(Rotation rotation, Session session) =>
        rotation.Generation == session.Generation && Same(rotation.RefreshHash, session.RefreshHash);

    private static bool Same(byte[] presented, byte[]? stored) => stored is not null && CryptographicOperations.FixedTimeEquals(presented, stored);
}
