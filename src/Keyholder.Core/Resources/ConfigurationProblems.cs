namespace Keyholder.Resources;

/// <summary>Collects every mistake of a configuration, so that the operator sees all of them at once. A place that already has one gets no second.</summary>
public sealed class ConfigurationProblems
{
    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>The mistakes in the order they were found.</summary>
    public IReadOnlyList<ConfigurationProblem> All => _problems;

    /// <summary>Notes a mistake.</summary>
    public void Add(string path, string message)
    {
        if (!Has(path))
        {
            _problems.Add(new(path, message));
        }
    }

    /// <summary>Whether a place already has a mistake.</summary>
    public bool Has(string path) => _problems.Exists(p => p.Path == path);
}
