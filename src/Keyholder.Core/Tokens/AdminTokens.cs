using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tokens;

/// <summary>Makes and revokes admin tokens: <c>kh_ad_</c> + base64url(id 16 ‖ 0 4 ‖ secret 32 ‖ MAC 16), the form every opaque token has.</summary>
public sealed class AdminTokens(IAdminTokenStore store, OpaqueTokenFormats formats, TimeProvider time)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Whether a name can be given: 1 to 64 of <c>a-z A-Z 0-9 . _ -</c>.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Whether a bearer token claims to be an admin token.</summary>
    public static bool IsClaimed(ReadOnlySpan<char> bearer) => bearer.StartsWith(OpaqueTokenFormats.AdminTokenPrefix, StringComparison.Ordinal);

    /// <summary>Makes a token. Its text is returned this once; null when the name is taken, by a revoked token too.</summary>
    /// <param name="name">See <see cref="IsName"/>.</param>
    /// <param name="actor">Who makes it, as <see cref="AuditEvent.Actor"/> wants it.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<string?> CreateAsync(string name, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = SessionId.Create();
        var secret = TokenSecret.Create();
        var token = new AdminToken { Id = id.ToString(), Name = name, SecretHash = secret.Hash(), CreatedAt = now };
        return await store.AddAsync(token, Audit(AuditActions.AdminTokenCreated, name, actor, now), cancellationToken)
            ? formats.AdminToken.Format(new OpaqueToken(id, 0, secret))
            : null;
    }

    /// <summary>Revokes a token; false when there is none of that name that works. Needs no server secret, so that it works when nothing else does.</summary>
    public static Task<bool> RevokeAsync(IAdminTokenStore store, string name, string actor, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.RevokeAsync(name, Audit(AuditActions.AdminTokenRevoked, name, actor, now), now, cancellationToken);

    private static AuditEvent Audit(string action, string name, string actor, DateTimeOffset now) =>
        new() { At = now, Action = action, Actor = actor, Target = "admin_token:" + name };
}
