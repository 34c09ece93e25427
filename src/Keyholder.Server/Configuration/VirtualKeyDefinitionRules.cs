using Keyholder.Resources;
using Keyholder.Server.Commands;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Configuration;

/// <summary>What a declared virtual key has to look like, as far as the file alone can tell.</summary>
internal static class VirtualKeyDefinitionRules
{
    private const int MaxOwnerLength = 256;

    /// <summary>The declared keys; with any problem they must not be used.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="resources">Its resources, without those that have problems of their own.</param>
    /// <param name="problems">Gets every mistake, under <c>virtualKeys.NAME…</c>.</param>
    public static IReadOnlyList<DeclaredKey> Build(KeyholderFile file, ResourceSnapshot resources, ConfigurationProblems problems)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var keys = new List<DeclaredKey>();
        foreach (var (name, definition) in file.VirtualKeys)
        {
            var path = DeclarationPolicy.PathOf(name);
            if (!VirtualKeyRules.IsName(name))
            {
                problems.Add(path, $"a name is 1 to {VirtualKeyRules.MaxNameLength} of a-z, A-Z, 0-9 and . _ -");
            }
            else if (!names.TryAdd(name, name))
            {
                problems.Add(path, $"differs from {names[name]} in case alone");
            }

            if (definition.User is { } user && (user.Length is 0 or > MaxOwnerLength || user.Any(c => char.IsControl(c) || char.IsSurrogate(c))))
            {
                problems.Add(path + ".user", "is no user; leave it out for a key that is nobody's");
            }

            keys.Add(new DeclaredKey { Name = name, Owner = definition.User, ExpiresAt = ExpiryOf(definition, path, problems), Grants = GrantsOf(file, definition, resources, path, problems) });
        }

        return keys;
    }

    private static DateTimeOffset? ExpiryOf(VirtualKeyDefinition definition, string path, ConfigurationProblems problems)
    {
        if (definition.ExpiresAt is not { } text)
        {
            return null;
        }

        if (MomentText.Parse(text) is not { } moment)
        {
            problems.Add(path + ".expiresAt", "is no date; write it as 2030-12-31 or 2030-12-31T23:59:59Z");
            return null;
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
    }

    private static List<Grant> GrantsOf(KeyholderFile file, VirtualKeyDefinition definition, ResourceSnapshot resources, string path, ConfigurationProblems problems)
    {
        var grants = new List<Grant>();
        foreach (var (resource, grant) in definition.Grants)
        {
            var grantPath = $"{path}.grants.{resource}";
            if (!file.Resources.ContainsKey(resource))
            {
                var nearest = ConfigurationKeys.Nearest(resource, file.Resources.Keys);
                problems.Add(grantPath, nearest is null ? "is not one of resources" : $"is not one of resources; did you mean {nearest}?");
                continue;
            }

            CheckTools(grant.Tools, resources.FindByName(resource), grantPath + ".tools", problems);
            grants.Add(GrantRules.Normalize(new Grant(resource, grant.Tools)));
        }

        return grants;
    }

    private static void CheckTools(IReadOnlyList<string>? tools, Resource? resource, string path, ConfigurationProblems problems)
    {
        if (tools is null)
        {
            return;
        }

        if (GrantRules.FindProblem(tools) is { } problem)
        {
            problems.Add(path, problem);
            return;
        }

        for (var i = 0; i < tools.Count; i++)
        {
            if (resource?.Tools.Policy.Knows(tools[i]) == false)
            {
                problems.Add($"{path}[{i}]", $"is not one of resources.{resource.Name}.tools.allow");
            }
        }
    }
}
