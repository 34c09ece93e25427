using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>
/// Pure rules of step-up: a credential is connected again for the same scopes once in <see cref="ScopeDemand.Pause"/> at most, so that an upstream that is never content costs no
/// endless circle, and nobody is asked for more than fits a redirect.
/// </summary>
internal static class ScopeDemandPolicy
{
    /// <summary>How many scopes at most a resource can demand of a credential.</summary>
    public const int MaxScopes = 100;

    /// <summary>How long they can be together, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>What a demand leads to.</summary>
    /// <param name="known">What the resource demanded before.</param>
    /// <param name="resource">The resource's name.</param>
    /// <param name="scopes">What it demands now: scope tokens.</param>
    /// <param name="now">The moment.</param>
    /// <returns>The verdict, and what is to be recorded.</returns>
    public static (ScopeDemandVerdict Verdict, ScopeDemand? Demand) Judge(ScopeDemand? known, string resource, IReadOnlyList<string> scopes, DateTimeOffset now)
    {
        if (known is not null && !scopes.Except(known.Scopes, StringComparer.Ordinal).Any())
        {
            if (known.ConnectedAt is { } connected && now < connected + ScopeDemand.Pause)
            {
                return (ScopeDemandVerdict.Refuse, null);
            }

            if (IsOpen(known, now))
            {
                return (ScopeDemandVerdict.Standing, null);
            }
        }

        List<string> wanted = [.. (known?.Scopes ?? []).Union(scopes, StringComparer.Ordinal)];
        return wanted.Count > MaxScopes || wanted.Sum(scope => scope.Length + 1) > MaxLength
            ? (ScopeDemandVerdict.Refuse, null)
            : (ScopeDemandVerdict.Record, new ScopeDemand(resource, wanted, now));
    }

    /// <summary>What a new connection asks for: what somebody connected for before, and what is wanted still. What nobody granted in time is not asked for any more: the provider may not know it.</summary>
    public static IReadOnlyList<string> AskedFor(IReadOnlyList<ScopeDemand> demands, DateTimeOffset now) =>
        [.. demands.Where(demand => demand.ConnectedAt is not null || IsOpen(demand, now)).SelectMany(demand => demand.Scopes).Distinct(StringComparer.Ordinal).Take(MaxScopes)];

    /// <summary>Whether somebody is still to connect. Whoever will not is not asked forever: the credential goes on serving what it was granted.</summary>
    public static bool IsOpen(ScopeDemand demand, DateTimeOffset now) => demand.ConnectedAt is null && now < demand.DemandedAt + ScopeDemand.Pause;
}
