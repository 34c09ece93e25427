using System.Net;
using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Storage;

namespace Keyholder.Users;

/// <summary>Signs local users in. An unknown name costs as much as a wrong password and gets the same answer.</summary>
public sealed class LocalSignIn(IUserStore users, IPasswordHasher hasher, SignInThrottle throttle, PasswordHashingSlots slots, IAuditStore audit, TimeProvider time)
{
    /// <summary>How people sign in here, in the words of the audit trail.</summary>
    public const string Means = "password";

    private readonly Lazy<string> _nobodysHash = new(() => hasher.Hash(Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32))));

    /// <summary>Checks name and password. A failure is audited here, a success with the browser session it leads to.</summary>
    /// <param name="name">The name as typed.</param>
    /// <param name="password">The password as typed. Secret.</param>
    /// <param name="address">Where the attempt comes from.</param>
    /// <param name="requestId">The request it comes in.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <returns>The outcome, and the user exactly when signed in.</returns>
    public async Task<(LocalSignInOutcome Outcome, User? User)> SignInAsync(string? name, string? password, IPAddress? address, string? requestId, CancellationToken cancellationToken)
    {
        var normalized = LocalUserName.Normalize(name) ?? "";
        if (!throttle.TryBegin(address, normalized))
        {
            return (LocalSignInOutcome.RateLimited, null);
        }

        var local = normalized.Length == 0 ? null : await users.FindLocalAsync(normalized, cancellationToken);
        var typed = password is { Length: <= PasswordPolicy.MaxLength } ? password : "";
        if (!await slots.TryEnterAsync(cancellationToken))
        {
            throttle.Forgive(address, normalized);
            return (LocalSignInOutcome.RateLimited, null);
        }

        var (verification, better) = Verify(local, typed);
        if (local is null || verification == PasswordVerification.Failed || local.User.DisabledAt is not null)
        {
            await RecordFailureAsync(local?.User, address, requestId, cancellationToken);
            return (LocalSignInOutcome.Refused, null);
        }

        throttle.Forgive(address, normalized);
        if (better is not null)
        {
            await users.RehashPasswordAsync(normalized, local.PasswordHash, better, cancellationToken);
        }

        return (LocalSignInOutcome.SignedIn, local.User);
    }

    /// <summary>Compares in the slot the caller has entered, and leaves it; the second value is a better hash for a right password whose hash is outdated.</summary>
    private (PasswordVerification Verification, string? Better) Verify(LocalUser? local, string typed)
    {
        try
        {
            var nobodysHash = _nobodysHash.Value;
            var verification = hasher.Verify(local?.PasswordHash ?? nobodysHash, typed);
            return (verification, local is not null && verification == PasswordVerification.VerifiedOutdated ? hasher.Hash(typed) : null);
        }
        finally
        {
            slots.Leave();
        }
    }

    /// <summary>A name nobody has is not recorded: people type passwords into the wrong field.</summary>
    private Task RecordFailureAsync(User? user, IPAddress? address, string? requestId, CancellationToken cancellationToken) => audit.AppendAsync(
        new AuditEvent
        {
            At = time.GetUtcNow(),
            Action = AuditActions.SignInFailed,
            Actor = "anonymous",
            Target = "user:" + (user?.Id ?? "unknown"),
            Reason = Means,
            RemoteAddress = address?.ToString(),
            RequestId = requestId,
        },
        cancellationToken);
}
