namespace Keyholder.Resources;

/// <summary>One mistake in the configuration. Never holds a configured value: it might be a secret.</summary>
/// <param name="Path">Where, for example <c>resources.github.upstream</c> or <c>server.listen[0]</c>.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record ConfigurationProblem(string Path, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{Path}: {Message}";
}
