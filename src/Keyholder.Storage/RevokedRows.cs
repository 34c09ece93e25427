using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>What backends have in common when a revocation looks for its rows.</summary>
internal static class RevokedRows
{
    /// <summary>A session used less long ago may just be getting an access token: longer than signing takes, and than clocks of nodes differ.</summary>
    public static readonly TimeSpan InFlight = TimeSpan.FromSeconds(10);

    /// <summary>Whether such a token could slip through: its <c>iat</c> is what the cut-off is compared with. A sign-in is always older than the refresh it is used in.</summary>
    public static bool ComparesIssue(RevocationTarget target) =>
        target.Kind is RevocationTargetKind.Client or RevocationTargetKind.Resource or RevocationTargetKind.Provider;

    /// <summary>The id of the row of the admin token a target names, or null.</summary>
    public static string? AdminTokenOf(RevocationTarget target) =>
        target.Kind == RevocationTargetKind.Token && target.Value.StartsWith(AdminToken.RevocationIdPrefix, StringComparison.Ordinal)
            ? target.Value[AdminToken.RevocationIdPrefix.Length..]
            : null;

    /// <summary>The virtual key one of whose secrets a target names, or null. Whichever secret it is: no session remembers which one signed it in.</summary>
    public static string? KeyOfSecret(RevocationTarget target) =>
        target.Kind == RevocationTargetKind.Token && VirtualKeyTokenId.TryParse(target.Value, out var id, out _) ? id : null;

    /// <summary>The entry whose sessions are those that <paramref name="revocation"/> ends: with a secret, those of its key.</summary>
    public static RevocationEntry Reaching(RevocationEntry revocation) => !revocation.IsQuarantine && KeyOfSecret(revocation.Target) is { } key
        ? revocation with { Target = new(RevocationTargetKind.VirtualKey, key) }
        : revocation;

    /// <summary>The subject a target names, or null.</summary>
    public static Subject? SubjectOf(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.Subject when Subject.TryParse(target.Value, out var subject) => subject,
        RevocationTargetKind.VirtualKey => new Subject(SubjectKind.VirtualKey, target.Value),
        _ => null,
    };
}
