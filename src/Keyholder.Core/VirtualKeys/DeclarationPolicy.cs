using Keyholder.Resources;
using Keyholder.Sessions;

namespace Keyholder.VirtualKeys;

/// <summary>
/// What follows from a declaration. A key is made when no key has its name; one that is declared no more loses its grants and is inactive, until it is declared
/// again; one that was made otherwise is never touched. What is as it was is not asked again: an owner who was disabled meanwhile or an expiry that has passed
/// keeps nobody from starting. Pure but for the ids of new keys.
/// </summary>
public static class DeclarationPolicy
{
    private const uint FirstGeneration = 1;

    /// <summary>The plan. With any problem it must not be carried out.</summary>
    public static DeclarationPlan Plan(Declaration declaration, DeclaredState state, DateTimeOffset now)
    {
        var problems = new ConfigurationProblems();
        var created = new List<VirtualKey>();
        var changed = new List<(VirtualKey, VirtualKey)>();
        var grants = new List<DeclaredGrantChange>();
        var byName = state.Keys.ToDictionary(key => key.Name, StringComparer.Ordinal);
        var grantsOf = state.Grants.ToLookup(grant => grant.KeyId, grant => grant.Grant, StringComparer.Ordinal);
        foreach (var declared in declaration.Keys)
        {
            if (!byName.Remove(declared.Name, out var key))
            {
                key = Create(declared, declaration, state, now, problems);
                created.Add(key);
            }
            else if (key.Declared is null)
            {
                problems.Add(PathOf(declared.Name), "is the name of a virtual key that was made by other means, which the configuration leaves alone; take another name, or rename or delete that key");
                continue;
            }
            else if (Follow(declared, key, state, problems) is var after && after != key)
            {
                changed.Add((key, after));
            }

            grants.AddRange(Compare(key, [.. grantsOf[key.Id]], declared.Grants));
        }

        foreach (var key in byName.Values.Where(key => key.Declared is not null))
        {
            if (Withdraw(key, now) is var after && after != key)
            {
                changed.Add((key, after));
            }

            grants.AddRange(Compare(key, [.. grantsOf[key.Id]], []));
        }

        return new DeclarationPlan(problems.All, created, changed, grants);
    }

    /// <summary>Where the configuration declares the key of that name.</summary>
    public static string PathOf(string name) => "virtualKeys." + name;

    private static VirtualKey Create(DeclaredKey declared, Declaration declaration, DeclaredState state, DateTimeOffset now, ConfigurationProblems problems)
    {
        if (!VirtualKeyRules.IsExpiry(declared.ExpiresAt, now))
        {
            problems.Add(PathOf(declared.Name) + ".expiresAt", "is not in the future, and there is no key of that name yet");
        }

        return new VirtualKey
        {
            Id = SessionId.Create().ToString(),
            Name = declared.Name,
            OwnerUserId = OwnerOf(declared, before: null, state, problems),
            Generation = FirstGeneration,
            SecretHash = declaration.SecretHashes.GetValueOrDefault(declared.Name),
            SecretIssuedAt = now,
            CreatedAt = now,
            ExpiresAt = declared.ExpiresAt,
            Declared = true,
        };
    }

    // A key that somebody deactivated stays so, whatever is declared: that is a kill switch.
    private static VirtualKey Follow(DeclaredKey declared, VirtualKey key, DeclaredState state, ConfigurationProblems problems) => key with
    {
        OwnerUserId = OwnerOf(declared, key.OwnerUserId, state, problems),
        ExpiresAt = declared.ExpiresAt,
        DeactivatedAt = key.Withdrawn ? null : key.DeactivatedAt,
        Declared = true,
        Withdrawn = false,
    };

    private static VirtualKey Withdraw(VirtualKey key, DateTimeOffset now) => key with
    {
        DeactivatedAt = key.DeactivatedAt ?? now,
        Declared = false,
        Withdrawn = key.Withdrawn || key.DeactivatedAt is null,
    };

    private static string? OwnerOf(DeclaredKey declared, string? before, DeclaredState state, ConfigurationProblems problems)
    {
        if (declared.Owner is not { } owner)
        {
            return null;
        }

        var found = state.Owners.TryGetValue(owner, out var user);
        if (found && (user.IsActive || user.Id == before))
        {
            return user.Id;
        }

        if (found || owner != before)
        {
            problems.Add(PathOf(declared.Name) + ".user", "names nobody, or a user who is disabled");
        }

        return before;
    }

    private static IEnumerable<DeclaredGrantChange> Compare(VirtualKey key, IReadOnlyList<Grant> before, IReadOnlyList<Grant> after)
    {
        var there = before.ToDictionary(grant => grant.Resource, StringComparer.Ordinal);
        foreach (var grant in after)
        {
            if (!there.Remove(grant.Resource, out var old) || !SameTools(old.Tools, grant.Tools))
            {
                yield return new DeclaredGrantChange(key, old, grant);
            }
        }

        foreach (var grant in there.Values.OrderBy(grant => grant.Resource, StringComparer.Ordinal))
        {
            yield return new DeclaredGrantChange(key, grant, After: null);
        }
    }

    private static bool SameTools(IReadOnlyList<string>? before, IReadOnlyList<string>? after) =>
        before is null || after is null ? before is null && after is null : before.SequenceEqual(after, StringComparer.Ordinal);
}
