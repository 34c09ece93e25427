using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>A configuration, or everything that is wrong with it.</summary>
/// <param name="Configuration">Null exactly when there are problems.</param>
/// <param name="File">The file it came from; null = none.</param>
/// <param name="Problems">In the order of the file.</param>
public sealed record ConfigurationResult(KeyholderConfiguration? Configuration, string? File, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>What was written, environment and references resolved; null when there are problems. Secret.</summary>
    public KeyholderFile? Definitions { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"configuration of {File ?? "no file"} with {Problems.Count} problems";
}
