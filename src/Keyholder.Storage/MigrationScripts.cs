using System.Globalization;
using System.Reflection;

namespace Keyholder.Storage;

/// <summary>The embedded files Migrations/NNNN_*.sql of a backend.</summary>
internal static class MigrationScripts
{
    /// <summary>Version, file name and script of every migration of a backend's folder, in order.</summary>
    public static IReadOnlyList<(int Version, string Name, string Script)> Of(string backend)
    {
        var folder = $".{backend}.Migrations.";
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(folder, StringComparison.Ordinal))
            .Select(resource => (Resource: resource, Name: resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..]))
            .Select(entry => (int.Parse(entry.Name.AsSpan(0, 4), CultureInfo.InvariantCulture), entry.Name, ReadAll(assembly, entry.Resource)))
            .OrderBy(migration => migration.Item1)
            .ToList();
    }

    private static string ReadAll(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
