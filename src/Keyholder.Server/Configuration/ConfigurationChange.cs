namespace Keyholder.Server.Configuration;

/// <summary>One difference between two configurations. Names what is different and never shows a value, which may be a secret.</summary>
/// <param name="Path">The key, for example <c>resources.notes</c> or <c>providers.github.clientSecret</c>.</param>
/// <param name="Kind">How it is different.</param>
/// <param name="NeedsRestart">Whether a running server does not take it over.</param>
public sealed record ConfigurationChange(string Path, ConfigurationChangeKind Kind, bool NeedsRestart)
{
    /// <inheritdoc />
    public override string ToString() =>
        $"{Sign} {Path}{(NeedsRestart ? " (at the next start)" : "")}";

    private char Sign => Kind switch
    {
        ConfigurationChangeKind.Added => '+',
        ConfigurationChangeKind.Removed => '-',
        _ => '~',
    };
}
