using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Keyholder.Tests.Configuration;

/// <summary>The summaries the compiler wrote beside the assemblies.</summary>
internal static partial class DocumentationComments
{
    private static readonly Dictionary<string, string> Summaries = Directory.GetFiles(AppContext.BaseDirectory, "*eyholder*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .Where(member => member.Attribute("name")!.Value.StartsWith("P:Keyholder", StringComparison.Ordinal) && member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => Text(member.Element("summary")!));

    public static string Of(PropertyInfo property) =>
        Summaries.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var summary)
            ? summary
            : throw new InvalidOperationException($"{property.DeclaringType.Name}.{property.Name} has no summary.");

    private static string Text(XElement summary) => Space().Replace(
        string.Concat(summary.Nodes().Select(n => n is XElement { Name.LocalName: "see" } see ? see.Attribute("cref")!.Value.Split('.')[^1] : n is XElement e ? e.Value : n.ToString())).Trim(),
        " ").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
