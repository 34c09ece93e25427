namespace Keyholder.Server.Configuration;

/// <summary>How the server logs to the console.</summary>
public sealed record LoggingConfiguration
{
    /// <summary>Whether each line is one JSON object instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>The lowest level of Keyholder's own log lines that is written.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
