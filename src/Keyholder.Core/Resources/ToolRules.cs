using System.Collections.Frozen;
using Keyholder.Mcp;
using Keyholder.OAuth;
using Keyholder.VirtualKeys;

namespace Keyholder.Resources;

/// <summary>Validates what an operator wrote about tools.</summary>
internal static class ToolRules
{
    public static ResourceTools Build(ToolRulesDefinition? definition, IReadOnlyList<ResourceScope> scopes, string path, ConfigurationProblems problems)
    {
        if (definition is null)
        {
            return ResourceTools.Everything;
        }

        path += ".tools";
        var allowed = ListOf(definition.Allow, path + ".allow", problems);
        var denied = ListOf(definition.Deny, path + ".deny", problems);
        var needed = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (tool, text) in definition.Scopes)
        {
            var names = Scopes.Parse(text);
            if (names is not { Count: > 0 } || names.Except(scopes.Select(scope => scope.Name), StringComparer.Ordinal).Any())
            {
                problems.Add($"{path}.scopes.{tool}", "has to name scopes of the resource, separated by spaces");
            }
            else
            {
                needed.Add(tool, names);
            }
        }

        return new ResourceTools(new ToolPolicy(allowed, denied), needed.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static McpCapabilityList? ListOf(IReadOnlyList<string>? entries, string path, ConfigurationProblems problems)
    {
        if (entries is null)
        {
            return null;
        }

        if (GrantRules.FindProblem(entries) is { } problem)
        {
            problems.Add(path, problem);
        }

        return new McpCapabilityList(entries);
    }
}
