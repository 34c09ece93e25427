namespace Keyholder.Tests.Testing;

/// <summary>Files of the repository the tests were built from.</summary>
internal static class RepositoryFiles
{
    /// <summary>The directory that holds Keyholder.slnx.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot(string directory) =>
        File.Exists(Path.Combine(directory, "Keyholder.slnx")) ? directory : FindRoot(Path.GetDirectoryName(directory)!);
}
