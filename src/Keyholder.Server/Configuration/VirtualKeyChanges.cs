using Keyholder.VirtualKeys;

namespace Keyholder.Server.Configuration;

/// <summary>What changes of declared virtual keys: each key, each grant, each tool by its name, which is no secret.</summary>
internal static class VirtualKeyChanges
{
    private static readonly VirtualKeyDefinition None = new();

    /// <summary>The differences between two files.</summary>
    public static IEnumerable<ConfigurationChange> Find(IReadOnlyDictionary<string, VirtualKeyDefinition> before, IReadOnlyDictionary<string, VirtualKeyDefinition> after)
    {
        foreach (var name in before.Keys.Concat(after.Keys.Where(name => !before.ContainsKey(name))))
        {
            var path = DeclarationPolicy.PathOf(name);
            var (old, next) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            foreach (var change in (old, next) switch
            {
                (null, _) => [Change(path, ConfigurationChangeKind.Added)],
                (_, null) => [Change(path, ConfigurationChangeKind.Removed)],
                _ => Values(path, old.User != next.User, old.ExpiresAt != next.ExpiresAt),
            })
            {
                yield return change;
            }

            foreach (var change in Grants(path, (old ?? None).Grants, (next ?? None).Grants))
            {
                yield return change;
            }
        }
    }

    /// <summary>What a plan changes in storage, in the same words.</summary>
    public static IEnumerable<ConfigurationChange> Of(DeclarationPlan plan) =>
        plan.Created.Select(key => Change(DeclarationPolicy.PathOf(key.Name), ConfigurationChangeKind.Added))
            .Concat(plan.Changed.SelectMany(change => Of(change.Before, change.After)))
            .Concat(plan.Grants.SelectMany(change =>
                Grant($"{DeclarationPolicy.PathOf(change.Key.Name)}.grants.{change.Resource}", change.Before is not null, change.Before?.Tools, change.After is not null, change.After?.Tools)));

    private static IEnumerable<ConfigurationChange> Of(VirtualKey before, VirtualKey after)
    {
        var path = DeclarationPolicy.PathOf(after.Name);
        return (before.Declared, after.Declared) switch
        {
            (true, false) => [Change(path, ConfigurationChangeKind.Removed)],
            (false, true) => [Change(path, ConfigurationChangeKind.Added)],
            (_, false) => [Change(path, ConfigurationChangeKind.Changed)],
            _ => Values(path, before.OwnerUserId != after.OwnerUserId, before.ExpiresAt != after.ExpiresAt),
        };
    }

    private static IEnumerable<ConfigurationChange> Values(string path, bool user, bool expiresAt)
    {
        if (user)
        {
            yield return Change(path + ".user", ConfigurationChangeKind.Changed);
        }

        if (expiresAt)
        {
            yield return Change(path + ".expiresAt", ConfigurationChangeKind.Changed);
        }
    }

    private static IEnumerable<ConfigurationChange> Grants(
        string path, IReadOnlyDictionary<string, GrantDefinition> before, IReadOnlyDictionary<string, GrantDefinition> after) =>
        before.Keys.Union(after.Keys).SelectMany(resource =>
            Grant(
                $"{path}.grants.{resource}",
                before.TryGetValue(resource, out var old),
                old?.Tools,
                after.TryGetValue(resource, out var next),
                next?.Tools));

    private static IEnumerable<ConfigurationChange> Grant(string path, bool was, IReadOnlyList<string>? before, bool isNow, IReadOnlyList<string>? after)
    {
        if (was != isNow)
        {
            yield return Change(path, isNow ? ConfigurationChangeKind.Added : ConfigurationChangeKind.Removed);
        }
        else if (before is null != after is null)
        {
            yield return Change(path + ".tools", ConfigurationChangeKind.Changed);
        }

        foreach (var tool in isNow && after is not null ? (before ?? []).Except(after, StringComparer.Ordinal) : [])
        {
            yield return Change($"{path}.tools.{tool}", ConfigurationChangeKind.Removed);
        }

        foreach (var tool in (after ?? []).Except(before ?? [], StringComparer.Ordinal))
        {
            yield return Change($"{path}.tools.{tool}", ConfigurationChangeKind.Added);
        }
    }

    private static ConfigurationChange Change(string path, ConfigurationChangeKind kind) => new(path, kind, NeedsRestart: false);
}
