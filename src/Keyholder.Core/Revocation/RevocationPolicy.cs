using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.Users;
using Keyholder.VirtualKeys;

namespace Keyholder.Revocation;

/// <summary>Turns what was asked of the kill switch into the entry to write. Pure.</summary>
public static class RevocationPolicy
{
    /// <summary>For clocks that differ between nodes.</summary>
    public static readonly TimeSpan ClockMargin = TimeSpan.FromMinutes(5);

    // The longest way on from before a cut-off: an authorization request of an hour, its code of ten minutes, an access token of an hour.
    private static readonly TimeSpan CutOffLifetime = TimeSpan.FromHours(3);

    // The longest a browser stays signed in.
    private static readonly TimeSpan BrowserSessionLifetime = TimeSpan.FromDays(30);

    /// <summary>The entry for a request made at <paramref name="now"/>, or why there is none.</summary>
    public static (PlannedRevocation? Planned, RevocationProblem? Problem) Plan(RevocationRequest request, ResourceSnapshot resources, DateTimeOffset now)
    {
        var target = Resolve(request.Target, resources);
        if (FindProblem(request, target, resources, now) is { } problem)
        {
            return (null, problem);
        }

        var expiresAt = request.ExpiresAt ?? (request.Quarantine ? QuarantineEnd(target, now) : CutOffEnd(target, now));
        var entry = new RevocationEntry(target, now, expiresAt, request.Reason ?? RevocationReasons.Operator) { IsQuarantine = request.Quarantine };
        return (new PlannedRevocation(entry, ResourcesOf(target, resources)), null);
    }

    /// <summary>A resource may be named as configured: entries hold its URI.</summary>
    private static RevocationTarget Resolve(RevocationTarget target, ResourceSnapshot resources) =>
        target.Kind == RevocationTargetKind.Resource && resources.FindByName(target.Value) is { } resource ? target with { Value = resource.Uri } : target;

    private static RevocationProblem? FindProblem(RevocationRequest request, RevocationTarget target, ResourceSnapshot resources, DateTimeOffset now) =>
        !RevocationTargets.IsWellFormed(target) ? RevocationProblem.TargetMalformed
        : target.Kind == RevocationTargetKind.Provider && resources.FindProvider(target.Value) is null ? RevocationProblem.ProviderUnknown
        : target.Kind == RevocationTargetKind.Resource && !Uri.IsWellFormedUriString(target.Value, UriKind.Absolute) ? RevocationProblem.ResourceUnknown
        : request.Reason is { } reason && !IsReason(reason) ? RevocationProblem.ReasonMalformed
        : request.ExpiresAt is null ? null
        : request.ExpiresAt <= now ? RevocationProblem.ExpiryPast
        : !request.Quarantine && target.Kind != RevocationTargetKind.Token ? RevocationProblem.ExpiryNotApplicable
        : null;

    private static bool IsReason(string reason) =>
        !string.IsNullOrWhiteSpace(reason) && reason.Length <= RevocationRequest.MaxReasonLength && !reason.Any(char.IsControl);

    private static DateTimeOffset QuarantineEnd(RevocationTarget target, DateTimeOffset now) =>
        target.Kind == RevocationTargetKind.Token && !IsEndless(target) ? now + Lifetime(target) : RevocationEntry.Never;

    // Admin tokens and secrets of virtual keys have no end of their own. One that is revoked for good is dead in its row, whatever the log forgets.
    private static bool IsEndless(RevocationTarget target) =>
        target.Value.StartsWith(AdminToken.RevocationIdPrefix, StringComparison.Ordinal) || VirtualKeyTokenId.TryParse(target.Value, out _, out _);

    private static DateTimeOffset CutOffEnd(RevocationTarget target, DateTimeOffset now) => MeetsKeySecrets(target) ? RevocationEntry.Never : now + Lifetime(target);

    // A secret of a virtual key that is presented itself is a token of every resource, issued when the secret was made, of the client vk:ID: alive for as long as the key is,
    // and no row of it says where it was cut off.
    private static bool MeetsKeySecrets(RevocationTarget target) =>
        target.Kind is RevocationTargetKind.Resource or RevocationTargetKind.Provider
        || (target.Kind == RevocationTargetKind.Client && target.Value.StartsWith(VirtualKeyTokenId.Prefix, StringComparison.Ordinal));

    private static TimeSpan Lifetime(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.Token when target.Value.StartsWith(BrowserSession.IdPrefix, StringComparison.Ordinal) => BrowserSessionLifetime + ClockMargin,
        RevocationTargetKind.Token => AccessTokenOptions.MaxLifetime + ClockMargin,
        _ => CutOffLifetime,
    };

    private static IReadOnlyList<string> ResourcesOf(RevocationTarget target, ResourceSnapshot resources) => target.Kind switch
    {
        RevocationTargetKind.Resource => [target.Value],
        RevocationTargetKind.Provider => [.. resources.Resources.Where(r => r.Providers.Any(p => p.Provider.Name == target.Value)).Select(r => r.Uri)],
        _ => [],
    };
}
