using System.Security.Cryptography;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Tokens;

/// <summary>The one door for admin tokens. One is looked up whenever it is presented, and the kill switch is asked every time.</summary>
public sealed class AdminTokenValidator(IAdminTokenStore store, OpaqueTokenFormats formats, RevocationIndex revocations, TimeProvider time)
{
    /// <summary>Whether a bearer token claims to be an admin token.</summary>
    public static bool IsClaimed(ReadOnlySpan<char> bearer) => bearer.StartsWith(OpaqueTokenFormats.AdminTokenPrefix, StringComparison.Ordinal);

    /// <summary>The token a text is; null unless the outcome is <see cref="AdminTokenOutcome.Valid"/>. What this server did not write is refused without a look-up.</summary>
    public async Task<(AdminTokenOutcome Outcome, AdminToken? Token)> ValidateAsync(string text, CancellationToken cancellationToken)
    {
        if (!formats.AdminToken.TryParse(text, out var presented)
            || await store.FindAsync(presented.SessionId.ToString(), cancellationToken) is not { RevokedAt: null } stored
            || !CryptographicOperations.FixedTimeEquals(stored.SecretHash, presented.Secret.Hash()))
        {
            return (AdminTokenOutcome.Invalid, null);
        }

        return revocations.Judge(stored, time.GetUtcNow()) switch
        {
            RevocationVerdict.Clear => (AdminTokenOutcome.Valid, stored),
            RevocationVerdict.Unknown => (AdminTokenOutcome.RevocationUnknown, null),
            _ => (AdminTokenOutcome.Invalid, null),
        };
    }
}
