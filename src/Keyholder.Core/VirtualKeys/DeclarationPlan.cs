using Keyholder.Resources;

namespace Keyholder.VirtualKeys;

/// <summary>What storage has to change so that its virtual keys are as declared; or why they cannot be, and then nothing is changed.</summary>
/// <param name="Problems">What is wrong, by its place in the configuration.</param>
/// <param name="Created">Keys that are made.</param>
/// <param name="Changed">Keys that change: as they are, and as they become.</param>
/// <param name="Grants">Grants that change, those of keys that are made among them.</param>
public sealed record DeclarationPlan(
    IReadOnlyList<ConfigurationProblem> Problems,
    IReadOnlyList<VirtualKey> Created,
    IReadOnlyList<(VirtualKey Before, VirtualKey After)> Changed,
    IReadOnlyList<DeclaredGrantChange> Grants)
{
    /// <summary>Nothing to do.</summary>
    public static DeclarationPlan Empty { get; } = new([], [], [], []);

    /// <summary>Whether all is as declared.</summary>
    public bool IsEmpty => Created.Count + Changed.Count + Grants.Count == 0;

    /// <summary>The ids of the keys that were there and may do something else from now on.</summary>
    public IReadOnlyList<string> Concerned =>
        [.. Changed.Select(change => change.After.Id).Concat(Grants.Select(change => change.Key.Id)).Except(Created.Select(key => key.Id)).Order(StringComparer.Ordinal)];
}
