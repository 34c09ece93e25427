namespace Keyholder.Server.Configuration;

/// <summary>How the server logs to the console.</summary>
public sealed record LoggingConfiguration
{
    /// <summary><c>text</c>, or <c>json</c> with one object a line.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary>The lowest level of Keyholder's own lines that is written; the framework's begin at <c>warning</c>.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
